/* The smallest fuzzer: where it links, clang has libFuzzer and the sanitizers. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, unsigned long size);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, unsigned long size) {
    return bytes == 0 && size != 0;
}
