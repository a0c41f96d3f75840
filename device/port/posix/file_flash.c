#define _DEFAULT_SOURCE
#include "port/posix/file_flash.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool erase(void *context, uint32_t offset) {
  const mote_file_flash_t *f = context;
  if (offset % f->sector != 0 || offset > f->size - f->sector) {
    return false;
  }
  memset(f->memory + offset, 0xff, f->sector);
  return true;
}

static bool program(void *context, uint32_t offset, const uint8_t *unit) {
  const mote_file_flash_t *f = context;
  if (offset % f->unit != 0 || offset > f->size - f->unit) {
    return false;
  }
  for (uint32_t i = 0; i < f->unit; i++) {
    f->memory[offset + i] &= unit[i];
  }
  return true;
}

bool mote_file_flash(mote_file_flash_t *f, const char *path, mote_flash_t *port) {
  struct stat found;
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || fstat(file, &found) != 0) {
    return false;
  }
  bool is_new = (uint64_t)found.st_size < f->size;
  if (is_new && ftruncate(file, (off_t)f->size) != 0) {
    (void)close(file);
    return false;
  }
  void *memory = mmap(NULL, f->size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  (void)close(file);
  if (memory == MAP_FAILED) {
    return false;
  }
  f->memory = memory;
  if (is_new) {
    memset(f->memory, 0xff, f->size);
  }
  mote_flash_t made = {f, f->memory, f->unit, f->sector, erase, program};
  *port = made;
  return true;
}
