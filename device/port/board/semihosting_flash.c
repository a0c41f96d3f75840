#include "port/board/semihosting_flash.h"

#include <string.h>

#include "port/board/semihosting.h"

static bool keep(const mote_semihosting_flash_t *f, uint32_t offset, uint32_t size) {
  return host_seek(f->file, offset) == 0 && host_write(f->file, f->memory + offset, size) == 0;
}

/* How much of an operation on `size` bytes is done before the power fails. */
static uint32_t powered(const mote_semihosting_flash_t *f, uint32_t size) { return f->operations == 1 ? size / 2 : size; }

static void end_operation(mote_semihosting_flash_t *f) {
  if (f->operations == 1) {
    host_exit(EXIT_FAILED);
  }
  f->operations -= f->operations > 0;
}

static bool erase(void *context, uint32_t offset) {
  mote_semihosting_flash_t *f = context;
  if (offset % f->sector != 0 || offset > f->size - f->sector) {
    return false;
  }
  uint32_t size = powered(f, f->sector);
  memset(f->memory + offset, 0xff, size);
  bool kept = keep(f, offset, size);
  end_operation(f);
  return kept;
}

static bool program(void *context, uint32_t offset, const uint8_t *unit) {
  mote_semihosting_flash_t *f = context;
  if (offset % f->unit != 0 || offset > f->size - f->unit) {
    return false;
  }
  uint32_t size = powered(f, f->unit);
  for (uint32_t i = 0; i < size; i++) {
    f->memory[offset + i] &= unit[i]; /* programming clears bits, and sets none */
  }
  bool kept = keep(f, offset, size);
  end_operation(f);
  return kept;
}

static uint32_t operations_left(void) {
  uint32_t operations = 0;
  int32_t file = host_open("power", OPEN_READ_BINARY);
  if (file >= 0) {
    if (host_read(file, &operations, sizeof operations) != 0) {
      operations = 0;
    }
    host_close(file);
  }
  return operations;
}

mote_flash_t mote_semihosting_flash(mote_semihosting_flash_t *flash) {
  mote_flash_t port = {flash, flash->memory, flash->unit, flash->sector, erase, program};
  memset(flash->memory, 0xff, flash->size);
  flash->operations = operations_left();
  flash->file = host_open("flash.bin", OPEN_UPDATE_BINARY);
  if (flash->file < 0) {
    flash->file = host_open("flash.bin", OPEN_WRITE_BINARY);
    (void)keep(flash, 0, flash->size);
  } else {
    (void)host_read(flash->file, flash->memory, flash->size);
  }
  return port;
}
