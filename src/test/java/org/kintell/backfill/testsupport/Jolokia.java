package org.kintell.backfill.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest.BodyPublishers;
import org.kintell.backfill.testsupport.BackfillClient.Answer;

/** Calls the MBeans of a service as Hawtio does. */
public final class Jolokia {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final BackfillClient client;

  public Jolokia(BackfillClient client) {
    this.client = client;
  }

  /** The value of an attribute. */
  public JsonNode read(String mbean, String attribute) {
    return value(request("read", mbean).put("attribute", attribute));
  }

  /** Sets an attribute. */
  public void write(String mbean, String attribute, int value) {
    value(request("write", mbean).put("attribute", attribute).put("value", value));
  }

  /** Sets an attribute to a refused value, and returns the refusal. */
  public String refusedWrite(String mbean, String attribute, int value) {
    return refusal(request("write", mbean).put("attribute", attribute).put("value", value));
  }

  /** The result of an operation. */
  public JsonNode execute(String mbean, String operation, Object... arguments) {
    return value(execution(mbean, operation, arguments));
  }

  /** The refusal of an operation. */
  public String refusedExecution(String mbean, String operation, Object... arguments) {
    return refusal(execution(mbean, operation, arguments));
  }

  /** The refusal of a request to another agent. */
  public String refusedElsewhere(String serviceUrl) {
    ObjectNode request = request("read", "java.lang:type=Memory");
    request.putObject("target").put("url", serviceUrl);
    return refusal(request);
  }

  /** The existing beans by domain. */
  public JsonNode list() {
    return value(JSON.createObjectNode().put("type", "list"));
  }

  /** The names that match a pattern. */
  public JsonNode search(String pattern) {
    return value(request("search", pattern));
  }

  private static ObjectNode execution(String mbean, String operation, Object... arguments) {
    ObjectNode request = request("exec", mbean).put("operation", operation);
    request.set("arguments", JSON.valueToTree(arguments));
    return request;
  }

  private static ObjectNode request(String type, String mbean) {
    return JSON.createObjectNode().put("type", type).put("mbean", mbean);
  }

  private JsonNode value(ObjectNode request) {
    JsonNode answer = send(request);
    assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(200);
    return answer.path("value");
  }

  private String refusal(ObjectNode request) {
    JsonNode answer = send(request);
    assertThat(answer.path("status").asInt()).as(answer.toString()).isGreaterThanOrEqualTo(400);
    return answer.path("error").asText();
  }

  private JsonNode send(ObjectNode request) {
    Answer answer =
        client.send(
            client
                .request("/actuator/jolokia")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(request.toString())));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }
}
