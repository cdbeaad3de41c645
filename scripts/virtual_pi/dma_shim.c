/*
 * Test rig only, for LD_PRELOAD: stands in for /dev/udmabuf and /dev/dma_heap, which containers lack.
 *
 * libcamera asks those devices for memory that its buffers live in. Here every such buffer is a memfd: it
 * maps, reads and writes like a DMA buffer, and the cache-synchronising ioctls that the CPU needs on real
 * hardware have nothing to do.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NOT_OURS = 0, UDMABUF, HEAP };

#define MOST_DESCRIPTORS 65536
static unsigned char ours[MOST_DESCRIPTORS]; /* what each descriptor stands in for */

/*
 * The functions behind ours are looked up before anything else runs. Later would be too late: dlsym() takes
 * the loader's lock, and libraries open and close files from threads they start while they are loaded.
 */
static __typeof__(&open) real_open;
static __typeof__(&open64) real_open64;
static __typeof__(&openat) real_openat;
static __typeof__(&openat64) real_openat64;
static __typeof__(&close) real_close;
static __typeof__(&ioctl) real_ioctl;

__attribute__((constructor)) static void look_up(void)
{
	real_open = dlsym(RTLD_NEXT, "open");
	real_open64 = dlsym(RTLD_NEXT, "open64");
	real_openat = dlsym(RTLD_NEXT, "openat");
	real_openat64 = dlsym(RTLD_NEXT, "openat64");
	real_close = dlsym(RTLD_NEXT, "close");
	real_ioctl = dlsym(RTLD_NEXT, "ioctl");
}

/* Other libraries' constructors may come before ours. */
#define REAL(name) (real_##name ? real_##name : (look_up(), real_##name))

static int stands_for(const char *path)
{
	if (!path)
		return NOT_OURS;
	if (!strcmp(path, "/dev/udmabuf"))
		return UDMABUF;
	if (!strncmp(path, "/dev/dma_heap/", strlen("/dev/dma_heap/")))
		return HEAP;
	return NOT_OURS;
}

static int stand_in(int what)
{
	int fd = memfd_create("dma-stand-in", MFD_CLOEXEC);

	if (fd >= 0 && fd < MOST_DESCRIPTORS)
		ours[fd] = what;
	return fd;
}

static int wants_mode(int flags)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

#define MODE_ARGUMENT(flags)                    \
	mode_t mode = 0;                        \
	if (wants_mode(flags)) {                \
		va_list rest;                   \
		va_start(rest, flags);          \
		mode = va_arg(rest, mode_t);    \
		va_end(rest);                   \
	}

#define OPEN(name)                                                            \
	int name(const char *path, int flags, ...)                            \
	{                                                                     \
		MODE_ARGUMENT(flags)                                          \
		int what = stands_for(path);                                  \
		return what ? stand_in(what) : REAL(name)(path, flags, mode); \
	}

#define OPENAT(name)                                                               \
	int name(int at, const char *path, int flags, ...)                         \
	{                                                                          \
		MODE_ARGUMENT(flags)                                               \
		int what = stands_for(path);                                       \
		return what ? stand_in(what) : REAL(name)(at, path, flags, mode);  \
	}

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

int close(int fd)
{
	if (fd >= 0 && fd < MOST_DESCRIPTORS)
		ours[fd] = NOT_OURS;
	return REAL(close)(fd);
}

static int allocate_from_heap(struct dma_heap_allocation_data *wanted)
{
	int fd = memfd_create("dma-heap-buffer", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (ftruncate(fd, wanted->len)) {
		REAL(close)(fd);
		return -1;
	}
	wanted->fd = fd;
	return 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	va_list rest;
	void *argument;
	int what = fd >= 0 && fd < MOST_DESCRIPTORS ? ours[fd] : NOT_OURS;

	va_start(rest, request);
	argument = va_arg(rest, void *);
	va_end(rest);
	request &= 0xffffffffUL; /* Python hands the number on sign-extended */
	if (what == UDMABUF && request == UDMABUF_CREATE)
		return fcntl(((struct udmabuf_create *)argument)->memfd, F_DUPFD_CLOEXEC, 3);
	if (what == HEAP && request == DMA_HEAP_IOCTL_ALLOC)
		return allocate_from_heap(argument);

	int result = REAL(ioctl)(fd, request, argument);
	if (result < 0 && errno == ENOTTY && _IOC_TYPE(request) == DMA_BUF_BASE) {
		errno = 0; /* sync or name on a plain memfd: nothing to do */
		return 0;
	}
	return result;
}
