package dev.mote.web;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.Map;

/// Fills a fresh service for the pictures, over the session of a browser.
final class Filling {

  private static final int WAIT = 180_000;

  private final Page page;

  Filling(Visit visit) {
    this.page = visit.page();
  }

  /// Ends when a rollout is on its way.
  void run() {
    // The type is the one that the pages upload with.
    FilePayload file =
        new FilePayload("fashion_mnist_int8.tflite", "application/octet-stream", model());
    for (int i = 0; i < 12; i++) {
      post(
          "/devices",
          """
          {"endpoint": "line-%05d", "name": "line %d", "credential": {"kind": "none"},
           "tags": {"site": "%s", "camera": "%d"}}"""
              .formatted(i, i + 1, i % 3 == 0 ? "oslo" : "berlin", i % 4));
    }
    post("/groups", "{\"name\": \"berlin\", \"filter\": \"tag.site==berlin\"}");
    String model =
        post(
            "/models",
            """
            {"name": "fashion-mnist", "description": "Clothes on 28 × 28 pixels",
             "tags": ["vision", "demo"]}""");
    String version = upload("/models/" + model + "/versions?fileName=" + file.name, file);
    send("PUT", "/models/" + model + "/aliases/production", "{\"version\": \"" + version + "\"}");
    await("(await get('/device-count?filter=state==ONLINE')).count === 12");
    String rollout =
        post(
            "/rollouts",
            """
            {"name": "fashion 1 to all lines", "version": "%s", "target": {"filter": "endpoint==line-*"},
             "waves": [{"devices": 2, "soak": "PT5S"}, {"percent": 50, "soak": "PT45S"},
                       {"percent": 100, "soak": "PT2S"}],
             "errors": {"percent": 10, "minimumSample": 3, "then": "ROLL_BACK"}}"""
                .formatted(version));
    post("/rollouts/" + rollout + "/start", "");
    await("(await get('/rollouts/" + rollout + "')).counts.succeeded >= 6");
  }

  private static byte[] model() {
    try {
      return Files.readAllBytes(Sources.model());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void await(String condition) {
    String asked =
        "async () => { const get = async url => (await fetch('/v1' + url)).json(); return "
            + condition
            + " }";
    // waitForFunction takes a promise for an answer.
    page.waitForCondition(
        () -> {
          page.waitForTimeout(500);
          return Boolean.TRUE.equals(page.evaluate(asked));
        },
        new Page.WaitForConditionOptions().setTimeout(WAIT));
  }

  private String post(String path, String body) {
    return send("POST", path, body);
  }

  private String upload(String path, FilePayload file) {
    return call(
        Map.of(
            "method",
            "POST",
            "path",
            path,
            "type",
            file.mimeType,
            "bytes",
            Base64.getEncoder().encodeToString(file.buffer)));
  }

  private String send(String method, String path, String body) {
    return call(Map.of("method", method, "path", path, "type", "application/json", "body", body));
  }

  /// The id of what was made.
  private String call(Map<String, String> request) {
    return String.valueOf(
        page.evaluate(
            """
            async request => {
              const csrf = document.cookie.split('; ').find(it => it.startsWith('mote_csrf='));
              const body = request.bytes
                ? Uint8Array.from(atob(request.bytes), it => it.charCodeAt(0)) : request.body;
              const answer = await fetch('/v1' + request.path, {
                method: request.method, body: body || undefined,
                headers: { 'Content-Type': request.type,
                  'X-Mote-CSRF': decodeURIComponent(csrf.slice('mote_csrf='.length)) } });
              if (!answer.ok) throw new Error(request.path + ': ' + await answer.text());
              return (await answer.json()).id;
            }
            """,
            request));
  }
}
