#include "runtime/head.h"

#include <stddef.h>
#include <string.h>

#include "runtime/decrypt.h"
#include "runtime/schema.h"


/* Where the parts of a head are. */
typedef struct {
  mote_bytes_t authentication;
  mote_bytes_t wrapped; /* the manifest with its head */
  mote_bytes_t manifest;
  mote_bytes_t transports; /* of size 0 when there are none */
  uint32_t size;
} parts_t;

/* A byte string behind this key; the receiver let it pass, but flash may have changed. */
static bool find_part(mote_scan_t *in, uint8_t key, mote_bytes_t *found) {
  if (in->at >= in->end || *in->at++ != key || in->at >= in->end || *in->at >> 5 != MOTE_CBOR_BYTES ||
      mote_scan(in) != MOTE_OK || in->high > 0 || in->value > (uint32_t)(in->end - in->at)) {
    return false;
  }
  found->at = in->at;
  found->size = in->value;
  in->at += in->value;
  return true;
}

static mote_error_t find_parts(mote_bytes_t file, parts_t *parts) {
  mote_scan_t in = {file.at + 3, file.at + file.size, 0, 0};
  memset(parts, 0, sizeof *parts);
  if (file.size < 4 || file.at[0] != 0xd8 || file.at[1] != 107) {
    return MOTE_NOT_A_MODULE;
  }
  bool found = find_part(&in, 2, &parts->authentication);
  parts->wrapped.at = in.at + 1;
  found = found && find_part(&in, 3, &parts->manifest);
  parts->wrapped.size = (uint32_t)(in.at - parts->wrapped.at);
  if (found && file.at[2] > 0xa2 && in.at < in.end && *in.at == MINUS_256) {
    in.at++;
    found = find_part(&in, 0xff, &parts->transports);
  }
  parts->size = (uint32_t)(in.at - file.at);
  return found ? MOTE_OK : MOTE_MALFORMED;
}

mote_error_t mote_head_verify(mote_bytes_t file, const mote_crypto_t *crypto, const mote_trust_t *trust,
                              mote_manifest_t *manifest, uint32_t *size) {
  parts_t parts;
  mote_error_t error = find_parts(file, &parts);
  *size = parts.size;
  if (error == MOTE_OK) {
    error = mote_authenticate(parts.authentication, parts.wrapped, crypto, trust, MOTE_SIGNS_MODULES);
  }
  if (error == MOTE_OK) {
    error = mote_manifest_read(parts.manifest, manifest);
  }
  return error;
}

#if MOTE_READS_TRANSPORTS

mote_error_t mote_head_transport(mote_bytes_t file, uint32_t index, mote_transport_t *transport) {
  parts_t parts;
  mote_error_t found = find_parts(file, &parts);
  memset(transport, 0, sizeof *transport);
  if (found != MOTE_OK || parts.transports.size == 0) {
    return found;
  }
#if MOTE_STRICT
  found = mote_check(parts.transports, T_transports);
#else
  found = mote_well_formed(parts.transports) ? MOTE_OK : MOTE_MALFORMED;
#endif
  if (found != MOTE_OK) {
    return found;
  }
  uint32_t least = 0;
  uint32_t left = mote_count(parts.transports.at);
  for (const uint8_t *map = mote_inside(parts.transports.at); left > 0; left--, map = mote_next(map)) {
    uint32_t payload = mote_number(mote_field(map, 1));
    mote_bytes_t base = mote_string(mote_field(map, 2));
    mote_transport_t other = {base.at, mote_string(mote_field(map, 3))};
    if (payload < least || (base.at == NULL && other.encrypted.size == 0) || (base.at != NULL && base.size != MOTE_SHA_256_BYTES) ||
        (other.encrypted.at != NULL && mote_encrypted_check(other.encrypted) != MOTE_OK)) {
      return MOTE_FIELD;
    }
    if (payload == index) {
      *transport = other;
    }
    least = payload + 1;
  }
  return MOTE_OK;
}

#endif
