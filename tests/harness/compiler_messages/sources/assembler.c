int main(void)
{
    __asm__("no_such_instruction");
    return 0;
}
