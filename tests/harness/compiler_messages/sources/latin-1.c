int main(void)
{
    const char *name = "Jürgen [2J";
    return namãe;
}
