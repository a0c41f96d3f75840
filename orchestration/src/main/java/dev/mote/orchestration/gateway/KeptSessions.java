package dev.mote.orchestration.gateway;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.californium.elements.util.DataStreamReader;
import org.eclipse.californium.elements.util.DatagramWriter;
import org.eclipse.californium.elements.util.SerializationUtil;
import org.eclipse.californium.scandium.DTLSConnector;

/// DTLS sessions over a planned restart.
final class KeptSessions {

  private static final System.Logger LOG = System.getLogger(KeptSessions.class.getName());

  /// Devices that were silent for longer shake hands again.
  private static final Duration LONGEST_SILENCE = Duration.ofDays(2);

  private KeptSessions() {}

  /// Keeps the sessions of a connector that has stopped. When that fails devices shake hands again.
  static void save(DTLSConnector connector, SessionStore store) {
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
      DatagramWriter mark = new DatagramWriter();
      SerializationUtil.writeNanotimeSynchronizationMark(mark);
      mark.writeTo(bytes);
      int count = connector.save(bytes, LONGEST_SILENCE.toSeconds());
      if (count > 0) {
        store.keep(bytes.toByteArray());
      }
      LOG.log(INFO, "{0} DTLS sessions are kept", count);
    } catch (IOException | RuntimeException e) {
      LOG.log(WARNING, "devices will shake hands again, as their sessions could not be kept", e);
    }
  }

  /// Gives a connector that has not started the sessions of the one before it.
  static void load(DTLSConnector connector, SessionStore store) {
    try {
      Optional<byte[]> kept = store.take();
      if (kept.isPresent()) {
        ByteArrayInputStream bytes = new ByteArrayInputStream(kept.get());
        long difference =
            SerializationUtil.readNanotimeSynchronizationMark(new DataStreamReader(bytes));
        LOG.log(INFO, "{0} DTLS sessions go on", connector.load(bytes, difference));
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(WARNING, "devices shake hands again, as their sessions could not be read", e);
    }
  }
}
