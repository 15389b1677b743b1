#pragma GCC diagnostic error "-Wunused-variable"

int main(void)
{
    int total = 0;
    return 0;
}
