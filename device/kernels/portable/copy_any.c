#include <string.h>

#include "portable/common.h"

/* Copies a buffer; the same place is fine. */
typedef struct {
  int32_t bytes; /* size of the buffer */
} mote_copy_any_t;

MOTE_KERNEL void mote_copy_any(const mote_copy_any_t *p, const void *x, void *y) {
  if (x != y) {
    memmove(y, x, (size_t)p->bytes);
  }
}
