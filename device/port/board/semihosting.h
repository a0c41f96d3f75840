/* What a program on an emulated board asks of the host: files and the end of the run.
 * Source: Arm, "Semihosting for AArch32 and AArch64"; RISC-V, "Semihosting". */
#ifndef MOTE_SEMIHOSTING_H
#define MOTE_SEMIHOSTING_H

#include <stdint.h>

enum {
  SYS_OPEN = 0x01,
  SYS_CLOSE = 0x02,
  SYS_WRITE = 0x05,
  SYS_READ = 0x06,
  SYS_SEEK = 0x0a,
  SYS_EXIT = 0x18
};

enum { OPEN_READ_BINARY = 1, OPEN_UPDATE_BINARY = 3, OPEN_WRITE_BINARY = 5, OPEN_APPEND_BINARY = 9 };

/* Reason codes of SYS_EXIT: QEMU ends with exit status 0 for the first, 1 for the second. */
enum { EXIT_DONE = 0x20026, EXIT_FAILED = 0x20024 };

static inline uint32_t semihosting_call(uint32_t operation, uintptr_t argument) {
#if defined(__arm__)
  register uint32_t r0 __asm__("r0") = operation;
  register uintptr_t r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
#elif defined(__riscv)
  register uint32_t a0 __asm__("a0") = operation;
  register uintptr_t a1 __asm__("a1") = argument;
  /* The three instructions are the call; they are uncompressed and lie within one page. */
  __asm__ volatile(
      ".balign 16\n"
      ".option push\n"
      ".option norvc\n"
      "slli x0, x0, 0x1f\n"
      "ebreak\n"
      "srai x0, x0, 7\n"
      ".option pop\n"
      : "+r"(a0)
      : "r"(a1)
      : "memory");
  return a0;
#else
#error "no semihosting on this processor"
#endif
}

static inline int32_t host_open(const char *name, uint32_t mode) {
  uint32_t length = 0;
  while (name[length] != '\0') {
    length++;
  }
  const uintptr_t block[3] = {(uintptr_t)name, mode, length};
  return (int32_t)semihosting_call(SYS_OPEN, (uintptr_t)block);
}

static inline void host_close(int32_t file) {
  const uintptr_t block[1] = {(uintptr_t)file};
  (void)semihosting_call(SYS_CLOSE, (uintptr_t)block);
}

/* Bytes that could not be read; 0 when all were. */
static inline uint32_t host_read(int32_t file, void *to, uint32_t bytes) {
  const uintptr_t block[3] = {(uintptr_t)file, (uintptr_t)to, bytes};
  return bytes == 0 ? 0 : semihosting_call(SYS_READ, (uintptr_t)block);
}

/* Bytes that could not be written; 0 when all were. */
static inline uint32_t host_write(int32_t file, const void *from, uint32_t bytes) {
  const uintptr_t block[3] = {(uintptr_t)file, (uintptr_t)from, bytes};
  return bytes == 0 ? 0 : semihosting_call(SYS_WRITE, (uintptr_t)block);
}

/* 0 when the next byte is the one at `offset`. */
static inline int32_t host_seek(int32_t file, uint32_t offset) {
  const uintptr_t block[2] = {(uintptr_t)file, offset};
  return (int32_t)semihosting_call(SYS_SEEK, (uintptr_t)block);
}

static inline void host_exit(uint32_t reason) {
  for (;;) {
    (void)semihosting_call(SYS_EXIT, reason);
  }
}

#endif
