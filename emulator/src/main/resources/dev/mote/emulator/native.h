/* Included before a model that becomes a native payload. The tables of such a payload hold distances from its start. */
#ifndef MOTE_NATIVE_H
#define MOTE_NATIVE_H

#include <stdint.h>

/* The payload's first byte, wherever it lies. */
extern const uint8_t mote_image[] __attribute__((visibility("hidden")));

/* Volatile, because the compiler would see through a table: it knows the address that the linker is to put there. */
#define MOTE_PLACED(pointer) \
  ((__typeof__(pointer))((uintptr_t)mote_image + (uintptr_t)*(__typeof__(pointer) const volatile *)&(pointer)))

#endif
