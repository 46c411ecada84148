/* zlib's own time for compressing a page: what a server that compresses it cannot be below.
 *
 * bench-zlib LEVEL MILLISECONDS <page: compresses standard input with gzip again and again, one state reset in between as a
 * server would do it, and prints the CPU time for each in nanoseconds, the bytes before and after. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

enum { page_bytes_max = 1 << 24, gzip_window_bits = 15 + 16, memory_level = 8 };

static long long processor_nanoseconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int count, char **arguments) {
    if (count != 3) return fputs("usage: bench-zlib LEVEL MILLISECONDS <page\n", stderr), 2;
    int level = atoi(arguments[1]);
    long long budget = atoll(arguments[2]) * 1000000LL;
    unsigned char *page = malloc(page_bytes_max);
    if (!page) return 1;
    size_t page_bytes = fread(page, 1, page_bytes_max, stdin);

    z_stream stream = {0};
    if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window_bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) return 1;
    size_t bound = deflateBound(&stream, page_bytes);
    unsigned char *output = malloc(bound);
    if (!output) return 1;

    long long start = processor_nanoseconds(), spent = 0, times = 0;
    do {
        deflateReset(&stream);
        stream.next_in = page;
        stream.avail_in = (uInt)page_bytes;
        stream.next_out = output;
        stream.avail_out = (uInt)bound;
        if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return 1;
        times++;
        spent = processor_nanoseconds() - start;
    } while (spent < budget);
    printf("%lld %zu %lu\n", spent / times, page_bytes, stream.total_out);
    deflateEnd(&stream);
    return 0;
}
