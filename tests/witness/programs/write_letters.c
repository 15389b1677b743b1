// COUNT letters, each in a write of its own: write_letters COUNT
#include "program.h"

int main(int argc, char **argv)
{
    int count = number(argc, argv, 1, 3000);
    for (int i = 0; i < count; i++) {
        const char letter[] = {(char)(i % 50 == 49 ? '\n' : 'a' + i % 26), '\0'};
        say(letter);
    }
    return 0;
}
