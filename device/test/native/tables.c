/* Whether the loader takes an entry table: `tables MANIFEST PAYLOAD TABLES` prints an error number for each of the tables,
 * which stand one after the other, each of the size of that of the payload, and take its place. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/native.h"

#define CHECK(condition)                                                \
  do {                                                                  \
    if (!(condition)) {                                                 \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);   \
      exit(1);                                                          \
    }                                                                   \
  } while (0)

static mote_bytes_t read_file(const char *path) {
  FILE *stream = fopen(path, "rb");
  CHECK(stream != NULL && fseek(stream, 0, SEEK_END) == 0);
  long size = ftell(stream);
  CHECK(size > 0 && fseek(stream, 0, SEEK_SET) == 0);
  uint8_t *bytes = malloc((size_t)size);
  CHECK(bytes != NULL && fread(bytes, 1, (size_t)size, stream) == (size_t)size);
  (void)fclose(stream);
  return (mote_bytes_t){bytes, (uint32_t)size};
}

/* A payload that is cut off is refused, and nothing behind it is read. */
static void check_short(const mote_module_t *module, mote_bytes_t payload) {
  for (uint32_t size = 0; size < 256; size++) {
    uint8_t *bytes = aligned_alloc(16, size == 0 ? 16 : (size + 15) / 16 * 16);
    uint8_t *exact = malloc(size + 1);
    CHECK(bytes != NULL && exact != NULL);
    memcpy(bytes, payload.at, size);
    mote_module_t cut = *module;
    cut.payload.size = size;
    cut.bytes = bytes;
    CHECK(mote_native_check(&cut) == MOTE_ENTRY_TABLE);
    /* One that says so itself, and has nothing behind its table. */
    memcpy(exact, payload.at, size);
    if (size >= 16) {
      memcpy(exact + 12, &size, sizeof size);
    }
    cut.bytes = exact;
    (void)mote_native_check(&cut);
    free(bytes);
    free(exact);
  }
}

int main(int count, char **arguments) {
  static mote_module_t module;
  CHECK(count == 4);
  mote_bytes_t manifest = read_file(arguments[1]);
  mote_bytes_t payload = read_file(arguments[2]);
  mote_bytes_t tables = read_file(arguments[3]);
  CHECK(mote_manifest_read(manifest, &module.manifest) == MOTE_OK);
  mote_manifest_payload(&module.manifest, 0, &module.payload);
  CHECK(module.payload.size == payload.size);
  uint8_t *bytes = aligned_alloc(4096, (payload.size + 4095) / 4096 * 4096);
  CHECK(bytes != NULL);
  memcpy(bytes, payload.at, payload.size);
  module.bytes = bytes;
  CHECK(mote_native_check(&module) == MOTE_OK);
  uint32_t table = payload.at[6] | (uint32_t)payload.at[7] << 8;
  for (uint32_t at = 0; at + table <= tables.size; at += table) {
    memcpy(bytes, tables.at + at, table);
    printf("%d\n", (int)mote_native_check(&module));
  }
  memcpy(bytes, payload.at, table);
  /* Where it must not lie. */
  for (uint32_t shift = 1; shift < 4; shift++) {
    memmove(bytes + shift, payload.at, table);
    module.bytes = bytes + shift;
    CHECK(mote_native_check(&module) == MOTE_ENTRY_TABLE);
  }
  check_short(&module, payload);
  free(bytes);
  free((void *)(uintptr_t)manifest.at);
  free((void *)(uintptr_t)payload.at);
  free((void *)(uintptr_t)tables.at);
  return 0;
}
