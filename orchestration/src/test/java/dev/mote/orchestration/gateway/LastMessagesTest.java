package dev.mote.orchestration.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mote.orchestration.gateway.DeviceEvent.Registered;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.MediaTypeRegistry;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Token;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.junit.jupiter.api.Test;

class LastMessagesTest {

  private static final int PATIENCE_MILLIS = 10_000;

  private static byte[] registration(int id, String endpoint) {
    Request request = new Request(Code.POST, Type.CON);
    request.setMID(id).setToken(new Token(new byte[] {(byte) id}));
    request
        .getOptions()
        .addUriPath("rd")
        .setContentFormat(MediaTypeRegistry.APPLICATION_LINK_FORMAT);
    for (String query : new String[] {"ep=" + endpoint, "lwm2m=1.1", "lt=300", "b=U"}) {
      request.getOptions().addUriQuery(query);
    }
    request.setPayload("</>;rt=\"oma.lwm2m\",</3/0>".getBytes(StandardCharsets.UTF_8));
    return new UdpDataSerializer().getByteArray(request);
  }

  private static byte[] answer(DatagramSocket socket, InetSocketAddress server, byte[] request)
      throws IOException {
    socket.send(new DatagramPacket(request, request.length, server));
    DatagramPacket answer = new DatagramPacket(new byte[2048], 2048);
    socket.receive(answer);
    return Arrays.copyOf(answer.getData(), answer.getLength());
  }

  @Test
  void whatComesAgainIsAnsweredAgainAndDoneOnce() throws Exception {
    try (Scene scene = new Scene().start();
        DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      byte[] first = answer(socket, scene.coap(), registration(1, "open-1"));
      assertThat(answer(socket, scene.coap(), registration(1, "open-1")))
          .as("while all of it is remembered")
          .isEqualTo(first);
      byte[] second = answer(socket, scene.coap(), registration(2, "open-2"));
      assertThat(second).isNotEqualTo(first);
      for (int i = 0; i < 2; i++) {
        assertThat(answer(socket, scene.coap(), registration(1, "open-1")))
            .as("when only the answer is remembered")
            .isEqualTo(first);
      }
      assertThat(scene.await(Registered.class).endpoint()).isEqualTo("open-1");
      assertThat(scene.await(Registered.class).endpoint()).isEqualTo("open-2");
      assertThat(scene.events).isEmpty();
    }
  }
}
