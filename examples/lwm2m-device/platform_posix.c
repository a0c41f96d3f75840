#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "platform.h"
#include "port/posix/file_flash.h"
#include "port/posix/udp.h"
#include "runtime/manifest.h"

enum { SECTOR = 4096, UNIT = 32 };

#if defined(__x86_64__)
#define ARCHITECTURE "x86-64"
#else
#define ARCHITECTURE "aarch64"
#endif

static const char *const nothing[] = {NULL};
static const char *const architectures[] = {ARCHITECTURE};

const platform_facts_t platform_facts = {
    "process",      ARCHITECTURE, nothing, ARCHITECTURE, "host", "linux", "shared-library", MOTE_SHARED_LIBRARY,
    architectures, 1,            nothing, 0,            "sysv", 0,
};

static mote_udp_t udp = {-1};

void platform_restart(void) {
  char *const arguments[] = {"lwm2m-device", NULL};
  (void)execv("/proc/self/exe", arguments);
  _exit(1);
}

/* What on a board is a fault. */
static void on_fault(int signal) {
  static const char said[] = "fault\n";
  (void)signal;
  (void)!write(STDOUT_FILENO, said, sizeof said - 1);
  platform_restart();
}

char *platform_begin(void) {
  static char text[SETTINGS_BYTES];
  static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_fault;
  action.sa_flags = SA_NODEFER;
  for (uint32_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    (void)sigaction(faults[i], &action, NULL);
  }
  FILE *file = fopen("device.conf", "r");
  if (file == NULL) {
    return NULL;
  }
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  (void)fclose(file);
  return text;
}

mote_flash_t platform_flash(uint32_t bytes) {
  static mote_file_flash_t flash = {NULL, 0, SECTOR, UNIT};
  mote_flash_t port;
  flash.size = bytes;
  if (!mote_file_flash(&flash, "flash.bin", &port)) {
    perror("flash.bin");
    exit(1);
  }
  return port;
}

mote_datagram_t platform_network(const settings_t *settings) {
  return mote_udp_open(&udp, settings->server, settings->port);
}

void platform_wait(uint32_t milliseconds) { mote_udp_wait(&udp, milliseconds); }

uint32_t platform_microseconds(void) {
  struct timespec time;
  (void)clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint32_t)((uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000);
}

bool platform_sample(uint32_t offset, uint8_t *bytes, uint32_t size) {
  static int file = -2;
  if (file == -2) {
    file = open("samples.bin", O_RDONLY | O_CLOEXEC);
  }
  off_t all = file < 0 ? 0 : lseek(file, 0, SEEK_END);
  return all > 0 && pread(file, bytes, size, (off_t)offset % all) == (ssize_t)size;
}

void platform_write(const char *text, uint32_t size) { (void)!write(STDOUT_FILENO, text, size); }
