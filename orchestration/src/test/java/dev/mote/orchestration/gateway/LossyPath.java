package dev.mote.orchestration.gateway;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Carries datagrams of one device to a server and back, and loses or doubles some. It loses three
/// at most before one comes back from the device: a message is sent five times (RFC 7252, 4.8), so
/// that each exchange succeeds, whatever the order in which chance meets them.
final class LossyPath implements AutoCloseable {

  private static final int MOST_LOST_IN_A_ROW = 3;

  private final DatagramSocket near = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  private final DatagramSocket far = new DatagramSocket(0, InetAddress.getLoopbackAddress());
  private final Random random;
  private final double loss;
  private volatile InetSocketAddress device = new InetSocketAddress(0);
  private int lostInARow;
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
        int copies = dice(server != null);
        byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
        for (int i = 0; i < copies; i++) {
          to.send(new DatagramPacket(bytes, bytes.length, server == null ? device : server));
        }
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private synchronized int dice(boolean isFromDevice) {
    double number = random.nextDouble();
    if (number < loss && lostInARow < MOST_LOST_IN_A_ROW) {
      lostInARow++;
      lost++;
      return 0;
    }
    if (isFromDevice) {
      lostInARow = 0;
    }
    return number > 1 - loss / 4 ? 2 : 1;
  }

  @Override
  public void close() {
    near.close();
    far.close();
  }
}
