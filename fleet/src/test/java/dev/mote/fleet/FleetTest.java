package dev.mote.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mote.fleet.device.Behaviour;
import dev.mote.fleet.device.DeviceView;
import dev.mote.fleet.device.Faults;
import dev.mote.fleet.device.Tally.Event;
import dev.mote.fleet.device.Timing;
import dev.mote.fleet.line.Network;
import java.time.Duration;
import java.util.Random;
import org.eclipse.leshan.core.link.Link;
import org.eclipse.leshan.core.node.LwM2mObject;
import org.eclipse.leshan.core.node.LwM2mSingleResource;
import org.eclipse.leshan.core.request.ContentFormat;
import org.eclipse.leshan.core.request.DiscoverRequest;
import org.eclipse.leshan.core.request.ExecuteRequest;
import org.eclipse.leshan.core.request.ObserveRequest;
import org.eclipse.leshan.core.request.ReadRequest;
import org.eclipse.leshan.core.request.WriteRequest;
import org.eclipse.leshan.core.request.exception.RequestCanceledException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Virtual devices at a server of others.
class FleetTest {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String FIRST = "virtual-00000";

  private TestServer server;

  @BeforeEach
  void startServer() throws Exception {
    server = new TestServer();
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  private FleetSettings settings(int devices) {
    return FleetSettings.of(server.uri(), devices).withTiming(Timing.HASTY);
  }

  private static boolean allRegistered(Fleet fleet) {
    return fleet.registered() == fleet.size();
  }

  @Test
  void aDeviceRegistersUpdatesAndLeaves() throws Exception {
    try (Fleet fleet = Fleet.start(settings(1))) {
      assertThat(server.next()).isEqualTo("registered " + FIRST);
      // The server tells it before the device has the answer.
      assertThat(fleet.await(PATIENCE, FleetTest::allRegistered)).isTrue();
      fleet.device(0).update();
      assertThat(server.next()).isEqualTo("updated " + FIRST);
      fleet.device(0).restart();
      assertThat(server.next()).isEqualTo("registered " + FIRST);
      assertThat(fleet.await(PATIENCE, FleetTest::allRegistered)).isTrue();
      fleet.leave();
      assertThat(server.next()).isEqualTo("gone " + FIRST);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {112, 11542})
  void itIsReadInEachFormat(int number) throws Exception {
    ContentFormat format = ContentFormat.fromCode(number);
    try (Fleet _ = Fleet.start(settings(1))) {
      server.next();
      for (int object : new int[] {1, 3, 4, 5, 9, 33_457, 33_458}) {
        var answer = server.send(FIRST, new ReadRequest(format, object));
        assertThat(answer.isSuccess()).as(object + ": " + answer).isTrue();
        assertThat(((LwM2mObject) answer.getContent()).getInstances()).isNotEmpty();
      }
      var ram = server.send(FIRST, new ReadRequest(format, 33_457, 0, 5));
      assertThat(((LwM2mSingleResource) ram.getContent()).getValue()).isEqualTo(1L << 24);
      var kinds = server.send(FIRST, new ReadRequest(format, 33_457, 0, 10));
      assertThat(kinds.getContent().toString()).contains("shared-library");
      var links = server.send(FIRST, new DiscoverRequest(3, 0));
      assertThat(links.getObjectLinks())
          .extracting(Link::getUriReference)
          .contains("/3/0", "/3/0/1");
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2})
  void aPackageIsPushedAndInstalled(double loss) throws Exception {
    byte[] content = new byte[loss == 0 ? 100_000 : 20_000];
    new Random(1).nextBytes(content);
    Faults faults =
        Faults.NONE.withNetwork(
            Network.lossy(loss)
                .withDuplication(loss)
                .withDelay(Duration.ZERO, Duration.ofMillis(loss == 0 ? 0 : 3)));
    try (Fleet fleet = Fleet.start(settings(1).withFaults(faults))) {
      server.next();
      server.send(FIRST, new ObserveRequest(9, 0, 7));
      var pushed = server.send(FIRST, new WriteRequest(ContentFormat.OPAQUE, 9, 0, 2, content));
      assertThat(pushed.isSuccess()).as("" + pushed).isTrue();
      assertThat(fleet.await(PATIENCE, f -> f.device(0).view().softwareState() == 3)).isTrue();
      String told = server.nextNotified().toString();
      while (told.contains("value=0")) {
        told = server.nextNotified().toString();
      }
      assertThat(told).containsPattern("value=[13]");
      assertThat(server.send(FIRST, new ExecuteRequest(9, 0, 4)).isSuccess()).isTrue();
      assertThat(server.next()).isEqualTo("registered " + FIRST);
      DeviceView view = fleet.device(0).view();
      assertThat(view.softwareState()).isEqualTo(4);
      assertThat(view.softwareResult()).isEqualTo(2);
      assertThat(view.running().orElseThrow().bytes()).isEqualTo(content.length);
      assertThat(fleet.tally().of(Event.INSTALLED)).isEqualTo(1);
      assertThat(fleet.tally().of(Event.INSTALLED_TWICE)).isZero();
    }
  }

  @Test
  void aDeviceWhosePowerIsCutForgetsTheDownload() throws Exception {
    try (Fleet fleet = Fleet.start(settings(1).withFaults(Faults.NONE.withPowerCut(1)))) {
      server.next();
      WriteRequest push = new WriteRequest(ContentFormat.OPAQUE, 9, 0, 2, new byte[20_000]);
      assertThatThrownBy(() -> server.send(FIRST, push))
          .isInstanceOf(RequestCanceledException.class);
      assertThat(server.next()).isEqualTo("registered " + FIRST);
      assertThat(fleet.device(0).view().softwareState()).isZero();
      assertThat(fleet.tally().of(Event.POWER_CUT)).isEqualTo(1);
    }
  }

  @Test
  void threeHundredDevicesRegisterThroughALossyNetwork() throws Exception {
    Faults faults =
        Faults.NONE
            .withNetwork(Network.lossy(0.2).withDuplication(0.1))
            .with(Behaviour.SENDS_GARBAGE, 0.02)
            .with(Behaviour.SILENT, 0.02);
    try (Fleet fleet = Fleet.start(settings(300).withFaults(faults))) {
      assertThat(fleet.await(PATIENCE, FleetTest::allRegistered)).isTrue();
    }
  }
}
