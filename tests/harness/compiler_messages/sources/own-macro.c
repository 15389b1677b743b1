#define SQUARE(value) ((value) * (valeu))

int main(void)
{
    return SQUARE(3);
}
