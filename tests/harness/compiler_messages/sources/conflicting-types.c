static int square(int value);

int main(void)
{
    return square(3);
}

static long square(int value)
{
    return (long)value * value;
}
