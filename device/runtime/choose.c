#include <string.h>

#include "runtime/head.h"

static bool equal(mote_bytes_t name, const char *other) {
  return strlen(other) == name.size && memcmp(name.at, other, name.size) == 0;
}

static bool among(mote_bytes_t name, const char *const *names, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    if (equal(name, names[i])) {
      return true;
    }
  }
  return false;
}

static bool meets(const mote_device_t *device, const mote_payload_t *payload) {
  if (!equal(payload->architecture, "any") &&
      !among(payload->architecture, device->architectures, device->architecture_count)) {
    return false;
  }
  mote_reader_t features = payload->features;
  for (uint32_t i = 0; i < payload->feature_count; i++) {
    if (!among(mote_read_name(&features), device->features, device->feature_count)) {
      return false;
    }
  }
  if (payload->abi.size > 0 && device->abi != NULL && !equal(payload->abi, device->abi)) {
    return false;
  }
  return payload->ram_bytes <= device->ram_bytes && payload->flash_bytes <= device->flash_bytes &&
         payload->runtime <= device->runtime;
}

mote_error_t mote_choose(const mote_manifest_t *manifest, const mote_device_t *device, mote_payload_t *payload) {
  for (uint32_t k = 0; k < device->kind_count; k++) {
    for (uint32_t i = 0; i < manifest->payload_count; i++) {
      mote_error_t error = mote_manifest_payload(manifest, i, payload);
      if (error != MOTE_OK) {
        return error;
      }
      if (payload->kind == device->kinds[k] && meets(device, payload)) {
        return MOTE_OK;
      }
    }
  }
  return MOTE_TARGET;
}
