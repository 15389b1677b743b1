"""The example of the page is the example that is run."""

from tests.batch.conftest import KIT


def test_the_policy_on_the_page_is_the_example_s() -> None:
    policy = (KIT / "tests" / "batch" / "example" / "policy.toml").read_text("utf-8")
    assert f"```toml\n{policy}```" in (KIT / "grader" / "batch" / "README.md").read_text("utf-8")
