package dev.mote.fleet.line;

import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// A way over which datagrams get lost, come twice, late and in another order.
public final class FaultyLine implements Line, Line.Listener {

  private final Loop loop;
  private final Supplier<Network> network;
  private final RandomGenerator random;
  private final Listener listener;
  private Line line;
  private boolean isOpen = true;

  /// @param network asked for each datagram, so that it can become better or worse
  /// @param random where chance comes from
  /// @param listener takes what gets through
  public FaultyLine(
      Loop loop, Supplier<Network> network, RandomGenerator random, Listener listener) {
    this.loop = loop;
    this.network = network;
    this.random = random;
    this.listener = listener;
    this.line = new Nowhere();
  }

  /// Leads over `under` from now on, whose listener this is.
  public FaultyLine over(Line under) {
    line = under;
    return this;
  }

  @Override
  public void send(byte[] datagram) {
    pass(true, () -> line.send(datagram));
  }

  @Override
  public void arrived(byte[] datagram) {
    pass(
        false,
        () -> {
          if (isOpen) {
            listener.arrived(datagram);
          }
        });
  }

  private void pass(boolean up, Runnable delivery) {
    Network now = network.get();
    for (int copies = now.copies(random, up); copies > 0; copies--) {
      if (now.delays()) {
        loop.afterMillis(now.delayMillis(random), delivery);
      } else {
        delivery.run();
      }
    }
  }

  @Override
  public void close() {
    isOpen = false;
    line.close();
  }

  /// Where datagrams go before there is a way.
  private static final class Nowhere implements Line {
    @Override
    public void send(byte[] datagram) {}

    @Override
    public void close() {}
  }
}
