package dev.mote.orchestration.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.gateway.DeviceEvent.Answered;
import dev.mote.orchestration.gateway.DeviceEvent.Moved;
import dev.mote.orchestration.gateway.DeviceEvent.Registered;
import dev.mote.orchestration.object.ResourcePath;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(200)
// Scenes are closed in the middle, on purpose.
@SuppressWarnings("try")
class TransferTest {

  private static final ResourcePath PACKAGE = new ResourcePath(9, 0, 2);
  private static final ResourcePath URI_OF_PACKAGE = new ResourcePath(9, 0, 3);

  private final byte[] bytes = new byte[50_000];

  TransferTest() {
    new Random(5).nextBytes(bytes);
  }

  @Test
  void aPushGoesOnWhereItStoppedAfterARestart() throws Exception {
    try (Scene scene = new Scene().start();
        RawDevice device = new RawDevice(scene.coap())) {
      String sha256 = scene.pack(bytes);
      Flash flash = new Flash();
      flash.largestSzx = 4;
      flash.blocks.drainPermits();
      flash.blocks.release(100);
      device.behaves(flash);
      device.register("ep=open-1&lt=300&lwm2m=1.1&b=U");
      scene.await(Registered.class);
      UUID push = scene.ask("open-1", new Request.Push(PACKAGE, sha256, 0));
      while (flash.got.size() < 100 * 256) {
        Thread.sleep(5);
      }
      scene.close();
      // What happened before must not be needed: the caller says how far it was.
      scene.queue.answered(push, new Answer.Unsent("asked anew"));
      flash.blocks.release(1_000);
      scene.start();
      Answer.Received answer =
          scene.received("open-1", new Request.Push(PACKAGE, sha256, 20_480 + 77));
      // It was at 25,600: the device knows better, and gets all from the start.
      assertThat(answer.code()).isEqualTo(204);
      assertThat(flash.got.toByteArray()).isEqualTo(bytes);

      flash.received = 0;
      flash.got.reset();
      flash.got.write(bytes, 0, 25_600);
      answer = scene.received("open-1", new Request.Push(PACKAGE, sha256, 25_600));
      assertThat(answer.code()).isEqualTo(204);
      assertThat(flash.got.toByteArray()).isEqualTo(bytes);
      assertThat(flash.received).isLessThanOrEqualTo((bytes.length - 25_600 + 255) / 256);
    }
  }

  @Test
  void aRequestThatWasUnderWayIsDoneAfterARestart() throws Exception {
    try (Scene scene = new Scene().start();
        RawDevice device = new RawDevice(scene.coap())) {
      String sha256 = scene.pack(bytes);
      Flash flash = new Flash();
      flash.blocks.drainPermits();
      flash.blocks.release(20);
      device.behaves(flash);
      assertThat(device.register("ep=open-1&lwm2m=1.0").getCode()).isEqualTo(ResponseCode.CREATED);
      UUID push = scene.ask("open-1", new Request.Push(PACKAGE, sha256, 0));
      while (flash.blocks.availablePermits() > 0) {
        Thread.sleep(5);
      }
      scene.close();
      flash.blocks.release(1_000);
      scene.start();
      scene.gateway().wake("open-1");
      assertThat(scene.answer(push)).isEqualTo(Answer.Received.of(204, ""));
      assertThat(flash.got.toByteArray()).isEqualTo(bytes);
    }
  }

  @Test
  void whatComesWhileTheGatewayClosesIsNotAnswered() throws Exception {
    try (Scene scene = new Scene().start();
        RawDevice device = new RawDevice(scene.coap())) {
      Thread closing = Thread.ofPlatform().unstarted(scene::close);
      scene.meanwhile =
          event -> {
            if (event instanceof Answered) {
              closing.start();
              while (closing.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
              }
            }
          };
      device.behaves(_ -> RawDevice.text("1"));
      device.register("ep=open-1&lwm2m=1.1");
      UUID before = UUID.randomUUID();
      for (UUID id : List.of(before, UUID.randomUUID())) {
        Request read = new Request.Read(List.of(NodePath.of("/3/0/9")));
        scene.queue.add(
            new RequestQueue.Queued(id, "open-1", read, Instant.now().plusSeconds(3600)));
      }
      scene.gateway().wake("open-1");
      scene.await(Answered.class);
      closing.join();
      assertThat(scene.queue.answers).containsOnlyKeys(before);
      assertThat(scene.events).isEmpty();
    }
  }

  @Test
  void aDeviceThatLostItsBlocksGetsAllAgain() throws Exception {
    try (Scene scene = new Scene().start();
        RawDevice device = new RawDevice(scene.coap())) {
      String sha256 = scene.pack(bytes);
      Flash flash = new Flash();
      AtomicReference<Boolean> lost = new AtomicReference<>(false);
      device.behaves(
          request -> {
            if (flash.got.size() > 30_000 && !lost.getAndSet(true)) {
              flash.lose();
            }
            return flash.apply(request);
          });
      device.register("ep=open-1&lwm2m=1.1");
      assertThat(scene.received("open-1", new Request.Push(PACKAGE, sha256, 0)).code())
          .isEqualTo(204);
      assertThat(lost.get()).isTrue();
      assertThat(flash.got.toByteArray()).isEqualTo(bytes);
    }
  }

  @Test
  void aPushCanBeCancelled() throws Exception {
    try (Scene scene = new Scene().start();
        RawDevice device = new RawDevice(scene.coap())) {
      String sha256 = scene.pack(bytes);
      Flash flash = new Flash();
      flash.blocks.drainPermits();
      flash.blocks.release(5);
      device.behaves(flash);
      device.register("ep=open-1&lwm2m=1.1");
      UUID push = scene.ask("open-1", new Request.Push(PACKAGE, sha256, 0));
      while (flash.blocks.availablePermits() > 0) {
        Thread.sleep(5);
      }
      scene.gateway().cancel("open-1", push);
      flash.blocks.release(1000);
      assertThat(scene.answer(push)).isEqualTo(new Answer.Unsent("cancelled"));
    }
  }

  @Test
  void aDeviceFetchesWhatItWasOfferedAndNobodyElseCan() throws Exception {
    try (Scene scene = new Scene().start();
        RawDevice device = new RawDevice(scene.coap());
        RawDevice other = new RawDevice(scene.coap())) {
      String sha256 = scene.pack(bytes);
      AtomicReference<String> uri = new AtomicReference<>("");
      device.behaves(
          request -> {
            try {
              uri.set(
                  ((Value.Text)
                          Tlv.read(request.getPayload(), NodePath.of("/9/0/3")).getFirst().value())
                      .text());
            } catch (BadContentException e) {
              return new Response(ResponseCode.BAD_REQUEST);
            }
            return new Response(ResponseCode.CHANGED);
          });
      device.register("ep=open-1&lwm2m=1.1");
      UUID offer = scene.ask("open-1", new Request.Offer(URI_OF_PACKAGE, sha256));
      assertThat(scene.answer(offer)).isEqualTo(Answer.Received.of(204, ""));
      assertThat(uri.get()).hasSizeLessThanOrEqualTo(255);

      ByteArrayOutputStream got = new ByteArrayOutputStream();
      for (int number = 0; got.size() < bytes.length; number++) {
        if (number == 30) {
          scene.close();
          scene.start();
        }
        Response block = device.send(block(uri.get(), number, 5));
        assertThat(block.getCode()).isEqualTo(ResponseCode.CONTENT);
        assertThat(block.getOptions().getBlock2().isM()).isEqualTo(got.size() + 512 < bytes.length);
        got.writeBytes(block.getPayload());
      }
      assertThat(got.toByteArray()).isEqualTo(bytes);
      assertThat(scene.await(Moved.class, moved -> moved.bytes() == bytes.length))
          .isEqualTo(new Moved("open-1", offer, bytes.length));
      assertThat(device.send(block(uri.get(), 98, 5)).getCode()).isEqualTo(ResponseCode.BAD_OPTION);

      int last = uri.get().length() - 1;
      String forged = uri.get().substring(0, last) + (uri.get().charAt(last) == '_' ? "A" : "_");
      assertThat(other.send(block(forged, 0, 5)).getCode()).isEqualTo(ResponseCode.NOT_FOUND);
      assertThat(other.send(block(uri.get().replaceAll("/[^/]*$", "/x"), 0, 5)).getCode())
          .isEqualTo(ResponseCode.NOT_FOUND);
    }
  }

  private static org.eclipse.californium.core.coap.Request block(String uri, int number, int szx) {
    var request = new org.eclipse.californium.core.coap.Request(Code.GET);
    for (String segment : URI.create(uri).getPath().substring(1).split("/")) {
      request.getOptions().addUriPath(segment);
    }
    request.getOptions().setBlock2(szx, false, number);
    return request;
  }

  @Test
  void oneInFiveDatagramsMayBeLost() throws Exception {
    try (Scene scene = new Scene()) {
      scene.settings =
          scene.settings.withTimes(
              new GatewaySettings.Times(
                  Duration.ofSeconds(20), Duration.ofSeconds(30), Duration.ofMillis(60)));
      scene.start();
      try (LossyPath path = new LossyPath(scene.coap(), 0.2, 11);
          RawDevice device = new RawDevice(path.address())) {
        String sha256 = scene.pack(bytes);
        Flash flash = new Flash();
        device.behaves(flash);
        assertThat(device.register("ep=open-1&lwm2m=1.1").getCode())
            .isEqualTo(ResponseCode.CREATED);
        assertThat(scene.received("open-1", new Request.Push(PACKAGE, sha256, 0)).code())
            .isEqualTo(204);
        assertThat(flash.got.toByteArray()).isEqualTo(bytes);
        assertThat(path.lost).isGreaterThan(10);
      }
    }
  }
}
