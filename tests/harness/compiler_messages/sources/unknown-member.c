struct slot {
    int value;
};

int main(void)
{
    struct slot first = {3};
    return first.valu;
}
