int square(int value);

int main(void)
{
    return square(3);
}
