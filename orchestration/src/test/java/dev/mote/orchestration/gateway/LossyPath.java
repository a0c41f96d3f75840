package dev.mote.orchestration.gateway;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Carries datagrams of one device to a server and back, and loses or doubles some; of any ten that
/// follow each other it loses four at most. A message is sent five times (RFC 7252, 4.8), and each
/// time that is in vain costs one of at most two datagrams: an exchange does not fail by chance.
final class LossyPath implements AutoCloseable {

  private static final int MOST_LOST_OF_TEN = 4;
  private static final int LAST_NINE = (1 << 9) - 1;

  private final DatagramSocket near = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  private final DatagramSocket far = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  private final Random random;
  private final double loss;
  private volatile InetSocketAddress device = new InetSocketAddress(0);

  /// A bit for each of the last nine datagrams, set for those that were lost.
  private int lately;

  volatile int lost;

  LossyPath(InetSocketAddress server, double loss, long seed) throws IOException {
    this.random = new Random(seed);
    this.loss = loss;
    Thread.ofVirtual().start(() -> carry(near, far, server));
    Thread.ofVirtual().start(() -> carry(far, near, null));
  }

  InetSocketAddress address() {
    return (InetSocketAddress) near.getLocalSocketAddress();
  }

  private void carry(DatagramSocket from, DatagramSocket to, @Nullable InetSocketAddress server) {
    byte[] buffer = new byte[4096];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        from.receive(packet);
        if (server != null) {
          device = (InetSocketAddress) packet.getSocketAddress();
        }
        int copies = dice();
        byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
        for (int i = 0; i < copies; i++) {
          to.send(new DatagramPacket(bytes, bytes.length, server == null ? device : server));
        }
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private synchronized int dice() {
    double number = random.nextDouble();
    boolean isLost = number < loss && Integer.bitCount(lately) < MOST_LOST_OF_TEN;
    lately = (lately << 1 | (isLost ? 1 : 0)) & LAST_NINE;
    if (isLost) {
      lost++;
      return 0;
    }
    return number > 1 - loss / 4 ? 2 : 1;
  }

  @Override
  public void close() {
    near.close();
    far.close();
  }
}
