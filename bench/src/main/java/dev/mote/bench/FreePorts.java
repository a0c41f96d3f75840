package dev.mote.bench;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.function.IntPredicate;

/// Ports that nothing listens at.
final class FreePorts {

  private FreePorts() {}

  /// The usual port of TCP, or the next one that is free.
  static int tcp(int usual) {
    return next(
        usual,
        port -> {
          try (ServerSocket socket = new ServerSocket(port)) {
            return socket.isBound();
          } catch (IOException e) {
            return false;
          }
        });
  }

  /// The usual port of UDP on this machine alone, or the next one that is free.
  static int udp(int usual) {
    return next(
        usual,
        port -> {
          try (DatagramSocket socket = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
          } catch (SocketException e) {
            return false;
          }
        });
  }

  private static int next(int usual, IntPredicate isFree) {
    int port = usual;
    while (!isFree.test(port)) {
      port++;
    }
    return port;
  }
}
