/*
 * Writes down, in their order, everything that a process asks of the system for files in the folder WRITE_LOG_FOLDER:
 * bytes with their places, lengths, removals, and what it waited for the disk to have. What it prints is in the same
 * list, so that what somebody has seen stands between what was safe by then and what was not.
 *
 *   cc -shared -fPIC -O1 -o write-log.so write-log.c -ldl
 *   LD_PRELOAD=write-log.so WRITE_LOG=/path/of/the/log WRITE_LOG_FOLDER=/folder program
 *
 * Asked by the environment, which the program may change while it runs, it plays a disk that is full from the write
 * number WRITE_LOG_FULL_AT on (counted anew when that changes), or one that takes WRITE_LOG_DELAY_MS to answer.
 *
 * One record: kind (1 byte), length of the name (u16), offset (u64), count of bytes (u32), name, bytes.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int logFile = -2;

static int openLog(void) {
  if (logFile == -2) {
    const char *path = getenv("WRITE_LOG");
    logFile = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
  }
  return logFile;
}

static int nameOf(int fd, char *name, size_t size) {
  const char *folder = getenv("WRITE_LOG_FOLDER");
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = folder ? readlink(link, name, size - 1) : -1;
  if (length < 0) return 0;
  name[length] = 0;
  return strncmp(name, folder, strlen(folder)) == 0;
}

/* Called with the turn held, after the system has done it: the order of the list is that of the system. */
static void put(char kind, const char *name, uint64_t offset, const void *bytes, uint32_t count) {
  if (openLog() < 0) return;
  uint16_t length = (uint16_t)strlen(name);
  size_t size = 15 + length + count;
  char *record = malloc(size);
  record[0] = kind;
  memcpy(record + 1, &length, 2);
  memcpy(record + 3, &offset, 8);
  memcpy(record + 11, &count, 4);
  memcpy(record + 15, name, length);
  if (count > 0) memcpy(record + 15 + length, bytes, count);
  if (syscall(SYS_write, logFile, record, size) != (long)size) abort();
  free(record);
}

/* Called with the turn held. */
static int isFull(void) {
  static char last[32] = "";
  static long count = 0;
  const char *at = getenv("WRITE_LOG_FULL_AT");
  if (!at || !*at) return 0;
  if (strcmp(last, at) != 0) {
    snprintf(last, sizeof last, "%s", at);
    count = 0;
  }
  if (count++ < atol(at)) return 0;
  errno = ENOSPC;
  return 1;
}

static void takeTime(void) {
  const char *delay = getenv("WRITE_LOG_DELAY_MS");
  long ms = delay ? atol(delay) : 0;
  struct timespec time = {ms / 1000, ms % 1000 * 1000000};
  if (ms > 0) nanosleep(&time, NULL);
}

#define NEXT(type, name) \
  static type next; \
  if (!next) next = (type)dlsym(RTLD_NEXT, name)

typedef ssize_t (*Pwrite)(int, const void *, size_t, off64_t);
static ssize_t writeAt(Pwrite next, int fd, const void *bytes, size_t count, off64_t offset) {
  char name[4096];
  if (!nameOf(fd, name, sizeof name)) return next(fd, bytes, count, offset);
  pthread_mutex_lock(&turn);
  ssize_t done = isFull() ? -1 : next(fd, bytes, count, offset);
  if (done > 0) put('w', name, (uint64_t)offset, bytes, (uint32_t)done);
  pthread_mutex_unlock(&turn);
  return done;
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  NEXT(Pwrite, "pwrite64");
  return writeAt(next, fd, bytes, count, offset);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
  NEXT(Pwrite, "pwrite64");
  return writeAt(next, fd, bytes, count, offset);
}

typedef ssize_t (*Write)(int, const void *, size_t);
ssize_t write(int fd, const void *bytes, size_t count) {
  NEXT(Write, "write");
  char name[4096] = "";
  int isOurs = nameOf(fd, name, sizeof name);
  if (fd != 1 && !isOurs) return next(fd, bytes, count);
  pthread_mutex_lock(&turn);
  off64_t offset = isOurs ? lseek64(fd, 0, SEEK_CUR) : 0;
  ssize_t done = isOurs && isFull() ? -1 : next(fd, bytes, count);
  if (done > 0) put(isOurs ? 'w' : 'm', isOurs ? name : "", (uint64_t)offset, bytes, (uint32_t)done);
  pthread_mutex_unlock(&turn);
  return done;
}

typedef int (*Sync)(int);
/* Only what was written before the disk was asked is safe when it answers. */
static int synced(Sync next, int fd) {
  char name[4096];
  if (!nameOf(fd, name, sizeof name)) return next(fd);
  pthread_mutex_lock(&turn);
  put('b', name, 0, NULL, 0);
  pthread_mutex_unlock(&turn);
  takeTime();
  int result = next(fd);
  pthread_mutex_lock(&turn);
  if (result == 0) put('s', name, 0, NULL, 0);
  pthread_mutex_unlock(&turn);
  return result;
}
int fsync(int fd) {
  NEXT(Sync, "fsync");
  return synced(next, fd);
}
int fdatasync(int fd) {
  NEXT(Sync, "fdatasync");
  return synced(next, fd);
}

typedef int (*Truncate)(int, off64_t);
static int cut(Truncate next, int fd, off64_t length) {
  char name[4096];
  if (!nameOf(fd, name, sizeof name)) return next(fd, length);
  pthread_mutex_lock(&turn);
  int result = isFull() ? -1 : next(fd, length);
  if (result == 0) put('t', name, (uint64_t)length, NULL, 0);
  pthread_mutex_unlock(&turn);
  return result;
}
int ftruncate(int fd, off_t length) {
  NEXT(Truncate, "ftruncate64");
  return cut(next, fd, length);
}
int ftruncate64(int fd, off64_t length) {
  NEXT(Truncate, "ftruncate64");
  return cut(next, fd, length);
}

typedef int (*Unlink)(const char *);
int unlink(const char *path) {
  NEXT(Unlink, "unlink");
  const char *folder = getenv("WRITE_LOG_FOLDER");
  pthread_mutex_lock(&turn);
  int result = next(path);
  if (result == 0 && folder && strncmp(path, folder, strlen(folder)) == 0) put('u', path, 0, NULL, 0);
  pthread_mutex_unlock(&turn);
  return result;
}
