#include <string.h>

#include "platform.h"
#include "port/board/board.h"
#include "port/board/semihosting.h"
#include "port/board/semihosting_flash.h"
#include "port/board/startup.h"
#include "port/lwip/lwip_datagram.h"
#include "runtime/manifest.h"

#if defined(__riscv)
#include "port/board/virtio_net.h"
#define ETHERNET mote_virtio_net
#else
#include "port/board/lan9118.h"
#define ETHERNET mote_lan9118
#endif

/* The sleep between two looks at the network. */
enum { SECTOR = 4096, UNIT = 32, SLICE_US = 2000 };

extern uint8_t mote_flash_memory[]; /* the linker script says where */

#if defined(__riscv)
static const char *const extensions[] = {"rv-m", "rv-c", NULL};
static const char *const architectures[] = {"rv32imc"};
static const char *const features[] = {NULL};
const platform_facts_t platform_facts = {
    "virt",        "rv32", extensions, "rv32imc", "rv32imc", "none", "native", MOTE_NATIVE, architectures, 1, features, 0,
    "ilp32", 0,
};
#else
static const char *const extensions[] = {"dsp", "fpu-single", NULL};
static const char *const features[] = {"dsp", "fpu-sp"};
#if defined(__ARM_FEATURE_CMSE)
static const char *const architectures[] = {"armv8-m.main", "armv7e-m"};
const platform_facts_t platform_facts = {
    "mps2-an505", "armv8-m.main", extensions, "cortex-m33", "cortex-m33", "none",        "native",
    MOTE_NATIVE,  architectures,  2,          features,     2,            "aapcs-vfp", 20000000,
};
#else
static const char *const architectures[] = {"armv7e-m", "armv7-m", "armv6-m"};
const platform_facts_t platform_facts = {
    "mps2-an386", "armv7e-m",    extensions, "cortex-m4", "cortex-m4", "none",        "native",
    MOTE_NATIVE,  architectures, 3,          features,    2,           "aapcs-vfp", 25000000,
};
#endif
#endif

/* Reads a file of the host; how many bytes of it, at most `room`. */
static uint32_t read_file(const char *name, uint32_t offset, void *bytes, uint32_t room) {
  int32_t file = host_open(name, OPEN_READ_BINARY);
  if (file < 0) {
    return 0;
  }
  uint32_t size = offset == 0 || host_seek(file, offset) == 0 ? room - host_read(file, bytes, room) : 0;
  host_close(file);
  return size;
}

char *platform_begin(void) {
  static char text[SETTINGS_BYTES];
  text[read_file("device.conf", 0, text, sizeof text - 1)] = '\0';
  return text[0] == '\0' ? NULL : text;
}

mote_flash_t platform_flash(uint32_t bytes) {
  static mote_semihosting_flash_t flash = {mote_flash_memory, 0, SECTOR, UNIT, 0, 0};
  flash.size = bytes;
  return mote_semihosting_flash(&flash);
}

/* Microseconds of all 64 bits: the counter wraps around after minutes, and is looked at more often. */
static uint64_t time(void) {
  static uint32_t last;
  static uint64_t ticks;
  uint32_t now = mote_board_clock();
  ticks += now - last;
  last = now;
  return ticks / mote_board_ticks_per_us;
}

static uint32_t milliseconds(void *context) {
  (void)context;
  return (uint32_t)(time() / 1000);
}

/* The host's; a chip has a generator of its own. */
static uint32_t random_number(void *context) {
  uint32_t number = 0;
  (void)context;
  if (read_file("/dev/urandom", 0, &number, sizeof number) != sizeof number) {
    number = mote_board_clock() * 2654435761u;
  }
  return number;
}

mote_datagram_t platform_network(const settings_t *settings) {
  const mote_datagram_t of = {NULL, NULL, NULL, NULL, NULL, milliseconds, random_number, false};
  return mote_lwip_start(&ETHERNET, settings->server, settings->port, &of);
}

void platform_wait(uint32_t wait) {
  uint32_t start = milliseconds(NULL);
  while (milliseconds(NULL) - start < wait && !mote_lwip_poll()) {
    mote_board_sleep(SLICE_US);
  }
}

uint32_t platform_microseconds(void) { return (uint32_t)time(); }

/* Samples follow one another; behind the last one is the first one. */
bool platform_sample(uint32_t offset, uint8_t *bytes, uint32_t size) {
  static uint32_t all;
  if (all != 0 && offset >= all) {
    offset %= all;
  }
  uint32_t got = read_file("samples.bin", offset, bytes, size);
  if (got < size && offset > 0 && all == 0) {
    all = offset;
    got = read_file("samples.bin", 0, bytes, size);
  }
  return got == size;
}

void platform_write(const char *text, uint32_t size) { mote_board_write((const uint8_t *)text, size); }

void platform_restart(void) { mote_board_reset(); }

int main(void);

int mote_board_main(void) {
  mote_board_begin();
  (void)main();
  host_exit(EXIT_FAILED);
  return 0;
}

/* A module that makes the processor fault has one start less, and is given up like any other that is never confirmed. */
void mote_board_fault(uint32_t program_counter, uint32_t return_address, uint32_t cause, uint32_t address) {
  static const char said[] = "fault\n";
  (void)program_counter;
  (void)return_address;
  (void)cause;
  (void)address;
  platform_write(said, sizeof said - 1);
  mote_board_reset();
}
