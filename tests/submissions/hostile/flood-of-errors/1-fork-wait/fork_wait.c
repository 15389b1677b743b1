#include "errors.h"
int main(void) { return 0; }
