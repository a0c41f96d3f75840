package dev.mote.orchestration.gateway;

import java.security.SecureRandom;
import java.util.Arrays;

/// Random bytes that nobody can guess, drawn in advance: each draw costs a call of the system.
final class Nonces {

  private static final int STOCK = 8 * 1024;

  private final SecureRandom random = new SecureRandom();
  private final byte[] stock = new byte[STOCK];
  private int used = STOCK;

  synchronized byte[] next(int length) {
    if (used + length > STOCK) {
      random.nextBytes(stock);
      used = 0;
    }
    byte[] bytes = Arrays.copyOfRange(stock, used, used + length);
    Arrays.fill(stock, used, used + length, (byte) 0);
    used += length;
    return bytes;
  }
}
