// The OpenAI SDK for JavaScript, pointed at `penguiflow-llm simulate`: node ask.mjs BASE_URL
// Prints one JSON object: what each way of asking for an invoice, or for a tool call, came to.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.argv[2], apiKey: "any-key", maxRetries: 0 });
const model = "gpt-5.4-mini";
const text = "Invoice for Maria Silva <maria@example.org>. Total: EUR 1,234.56.";
const schema = {
  type: "object",
  properties: { customer: { type: "string" }, email: { type: "string" }, total: { type: "number" } },
  required: ["customer", "email", "total"],
  additionalProperties: false,
};
const named = { name: "invoice", strict: true, schema };
const messages = [{ role: "user", content: text }];
const response_format = { type: "json_schema", json_schema: named };
const format = { type: "json_schema", ...named };
const tools = [{ type: "function", function: { name: "book", strict: true, parameters: schema } }];
const tool_choice = { type: "function", function: { name: "book" } };

const told = {};

const chat = await client.chat.completions.parse({ model, messages, response_format });
told.chat = JSON.parse(chat.choices[0].message.content);

const chatStream = client.chat.completions.stream({ model, messages, response_format });
let deltas = 0;
chatStream.on("content", () => (deltas += 1));
told.chatStreamed = JSON.parse((await chatStream.finalChatCompletion()).choices[0].message.content);
told.chatDeltas = deltas;

const response = await client.responses.create({ model, input: text, text: { format } });
told.responses = JSON.parse(response.output_text);

const events = await client.responses.create({ model, input: text, text: { format }, stream: true });
let joined = "";
const types = new Set();
for await (const event of events) {
  types.add(event.type);
  if (event.type === "response.output_text.delta") joined += event.delta;
}
told.responsesStreamed = JSON.parse(joined);
told.responsesEnded = types.has("response.completed");

const called = await client.chat.completions.create({ model, messages, tools, tool_choice });
told.tool = JSON.parse(called.choices[0].message.tool_calls[0].function.arguments);

const toolStream = client.chat.completions.stream({ model, messages, tools, tool_choice });
const whole = await toolStream.finalChatCompletion();
told.toolStreamed = JSON.parse(whole.choices[0].message.tool_calls[0].function.arguments);

try {
  await client.chat.completions.create({ model, messages, no_such_parameter: 1 });
} catch (error) {
  told.refused = { name: error.constructor.name, status: error.status, names: error.message.includes("no_such_parameter") };
}

console.log(JSON.stringify(told));
