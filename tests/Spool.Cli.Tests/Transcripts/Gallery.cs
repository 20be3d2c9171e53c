namespace Spool.Cli.Tests;

/// <summary>A thread with an item of every kind of the complete view, as somebody's afternoon of work.</summary>
static class Gallery
{
    public const string Png =
        "iVBORw0KGgoAAAANSUhEUgAAAGAAAAAwCAIAAABhdOiYAAAAgElEQVR42u3QMQqAMAxA0R7M2bln6hGdPUOhi7MHEIOUgAoP/hjS5pU+DgUVBIAAAQL0Ztu6BAECBGj6eECAAAECBAgQIECAAAECBAgQIECAAAECBAgQIECAAAECBAgQIEDXatuDfgyUddiTPVlvpQFlffprM4AAAQIECBAgQLedctbFEIXfVuIAAAAASUVORK5CYII=";

    public static StoredThread Thread { get; } =
        Samples.Thread(
            Samples.Id1,
            TimeSpan.FromHours(2),
            "The nightly import is slow since Monday. Find out why, and make it fast again."
        ) with
        {
            Model = "gpt-5.1-codex",
            ReasoningEffort = "high",
            Cwd = "/home/ann/work/import",
            GitInfo = new GitInfo(null, "import-speed", null),
            TokensUsed = 48_211,
        };

    public static List<Turn> Turns { get; } =
    [
        Turn(
            "t1",
            """{"type":"inherited","id":"n","fromThreadId":"01a20400-0000-7000-8000-000000000001","turns":12,"records":340}""",
            """{"type":"settings","id":"s1","model":"gpt-5.1-codex","reasoningEffort":"high","cwd":"/home/ann/work/import","approvalPolicy":"on-request","sandboxPolicy":{"type":"workspace-write","network_access":false},"at":"2026-05-20T10:00:00Z","origin":"turn_context"}""",
            """{"type":"context","id":"x1","kind":"agentsMd","role":"user","text":"# Rules of this repository\n\n- Tests first.\n- Nothing is merged red.","origin":"message"}""",
            """{"type":"context","id":"x2","kind":"environment","role":"user","text":"<environment_context>\n  <cwd>/home/ann/work/import</cwd>\n  <shell>bash</shell>\n</environment_context>","origin":"message"}""",
            $$"""{"type":"userMessage","id":"u1","at":"2026-05-20T10:00:01Z","content":[{"type":"text","text":"The nightly import is slow since Monday. Find out why, and make it fast again.\n\nHere is what the dashboard shows:"},{"type":"image","url":"data:image/png;base64,{{Png}}"},{"type":"localImage","path":"/home/ann/Pictures/flame-graph.png"}]}""",
            """{"type":"reasoning","id":"r1","summary":["**Looking for what changed on Monday**\n\nThe import runs at night, so I compare the commits of the weekend and measure before I change anything."],"content":[],"at":"2026-05-20T10:00:04Z"}""",
            """{"type":"reasoning","id":"r2","summary":[],"content":[],"encryptedContent":"gAAAA"}""",
            """{"type":"checklist","id":"p1","explanation":"Measure first.","steps":[{"step":"Find the commits since Friday","status":"completed"},{"step":"Measure the import with a copy of the data","status":"in_progress"},{"step":"Make it fast, and test it","status":"pending"}],"output":"Plan updated","status":"completed","origin":"function_call"}""",
            """{"type":"commandExecution","id":"c1","command":"git log --since=friday --oneline -- src/import","cwd":"/home/ann/work/import","status":"completed","aggregatedOutput":"9f3c1aa Look each customer up while rows are read\n1b2f0de Say which file is read\n","exitCode":0,"durationMs":31,"at":"2026-05-20T10:00:06Z","origin":"function_call"}""",
            $$"""{"type":"commandExecution","id":"c2","command":"dotnet test tests/Import.Tests --filter-class '*ImportTests' --no-progress --report-trx --results-directory artifacts/test-results","status":"failed","aggregatedOutput":"{{string.Join("\\n", Enumerable.Range(1, 90).Select(n => $"  passed Import_of_{n * 100}_rows_keeps_their_order (12 ms)"))}}\nfailed An_import_of_a_million_rows_takes_less_than_a_minute (94 s)\n  Assert.InRange() Failure: Value not in range\n","exitCode":2,"durationMs":96400,"at":"2026-05-20T10:00:20Z","origin":"function_call"}""",
            """{"type":"commandExecution","id":"c3","command":"cat <<'SQL' | sqlite3 import.db\nEXPLAIN QUERY PLAN\nSELECT id FROM customer WHERE mail = ?1;\nSQL","status":"completed","aggregatedOutput":"SCAN customer\n","exitCode":0,"durationMs":4,"at":"2026-05-20T10:02:01Z"}""",
            """{"type":"commandExecution","id":"c4","command":"dotnet run --project src/Import -- --watch","status":"inProgress","sessionId":"7","aggregatedOutput":"reading rows-2026-05-18.csv\n","durationMs":10000,"at":"2026-05-20T10:02:30Z"}""",
            """{"type":"commandInput","id":"c5","sessionId":"7","input":"q\n","output":"stopped after 1,204 rows\n","exitCode":0,"durationMs":120,"status":"completed","at":"2026-05-20T10:02:41Z"}""",
            """{"type":"mcpToolCall","id":"m1","server":"grafana","tool":"query","arguments":{"panel":"import duration","from":"2026-05-11","to":"2026-05-20"},"status":"completed","durationMs":840,"result":{"content":[{"type":"text","text":"2026-05-17 41 s\n2026-05-18 1,870 s\n2026-05-19 1,912 s"}],"structuredContent":{"unit":"s"}},"at":"2026-05-20T10:03:00Z"}""",
            """{"type":"mcpToolCall","id":"m2","server":"grafana","tool":"annotate","arguments":{"text":"import is looked at"},"status":"failed","durationMs":31,"error":{"message":"The token may only read."}}""",
            """{"type":"dynamicToolCall","id":"d1","namespace":"notes","tool":"find","arguments":{"about":"customer table"},"contentItems":[{"type":"inputText","text":"There is no index on customer.mail yet."}],"success":true,"status":"completed","durationMs":12}""",
            """{"type":"webSearch","id":"w1","query":"sqlite create index on a large table while it is read","action":{"type":"search","query":"sqlite create index on a large table while it is read","queries":["sqlite create index time"]},"results":[{"title":"CREATE INDEX","url":"https://example.org/createindex"}]}""",
            """{"type":"fileChange","id":"f1","changes":[{"path":"src/Import/Schema.cs","kind":{"type":"update","move_path":null},"diff":"@@ -12,6 +12,7 @@\n     CREATE TABLE customer (id INTEGER PRIMARY KEY, mail TEXT NOT NULL);\n+    CREATE INDEX customer_by_mail ON customer (mail);\n-    -- nothing looks customers up by mail\n     CREATE TABLE row (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customer (id), text TEXT NOT NULL, read_at TEXT NOT NULL);\n"},{"path":"tests/Import.Tests/SchemaTests.cs","kind":{"type":"add"},"diff":"public sealed class SchemaTests\n{\n    [Fact]\n    public void Customers_are_found_by_their_mail_without_a_scan() => Assert.DoesNotContain(\"SCAN\", Plan());\n}\n"}],"status":"completed","output":"Success. Updated the following files:\nM src/Import/Schema.cs\nA tests/Import.Tests/SchemaTests.cs\n","at":"2026-05-20T10:05:00Z","origin":"custom_tool_call"}""",
            """{"type":"agentMessage","id":"a1","text":"The import looks every customer up by mail since `9f3c1aa`, and **nothing indexes that column**: each of a million rows scans the whole table.\n\n### What I changed\n\n1. An index, `customer_by_mail`, in [Schema.cs:13](/home/ann/work/import/src/Import/Schema.cs:13).\n2. A test that asks SQLite for its plan, so that the scan cannot come back unseen.\n\n| run | before | after |\n| --- | ---: | ---: |\n| 10,000 rows | 19 s | 0.4 s |\n| 1,000,000 rows | 31 min | 39 s |\n\n```sql\nEXPLAIN QUERY PLAN SELECT id FROM customer WHERE mail = ?1;\n-- SEARCH customer USING INDEX customer_by_mail (mail=?)\n```\n\n> The first import after this builds the index, which takes about two minutes.\n\nMore about plans: <https://sqlite.org/eqp.html>.","at":"2026-05-20T10:06:10Z"}""",
            """{"type":"tokenUsage","id":"k1","turn":{"inputTokens":40100,"cachedInputTokens":31000,"outputTokens":2100,"reasoningOutputTokens":1400,"totalTokens":42200},"total":{"inputTokens":40100,"cachedInputTokens":31000,"outputTokens":2100,"reasoningOutputTokens":1400,"totalTokens":42200},"modelContextWindow":272000}"""
        ) with
        {
            Duration = TimeSpan.FromSeconds(370),
        },
        Turn(
            "t2",
            """{"type":"settings","id":"s2","model":"gpt-5.1-codex-mini","reasoningEffort":"low","cwd":"/home/ann/work/import","approvalPolicy":"on-request","sandboxPolicy":{"type":"workspace-write","network_access":false}}""",
            """{"type":"userMessage","id":"u2","at":"2026-05-20T11:10:00Z","content":[{"type":"text","text":"Thanks! Write the release note, and look at the page with the numbers."}]}""",
            """{"type":"contextCompaction","id":"o1","summary":"The import was slow because of a missing index; it is added and tested.","isEncrypted":false}""",
            $$"""{"type":"imageView","id":"v1","path":"/home/ann/work/import/page.png","images":["data:image/png;base64,{{Png}}"],"at":"2026-05-20T11:10:08Z"}""",
            """{"type":"collabAgentToolCall","id":"g1","tool":"spawnAgent","status":"completed","prompt":"Write two sentences for the release note.\nPlain words.","receiverThreadIds":["01a20428-0000-7000-8000-0000000000aa"],"agentsStates":{"01a20428-0000-7000-8000-0000000000aa":{"status":"completed","message":"Two sentences written."}}}""",
            """{"type":"warning","id":"y1","message":"The context window is nearly full."}""",
            """{"type":"rolledBack","id":"b1","turns":1,"items":[{"type":"userMessage","id":"u9","content":[{"type":"text","text":"Write it in French."}]},{"type":"agentMessage","id":"a9","text":"Bien sûr."}]}""",
            """{"type":"record","id":"q1","recordType":"event_msg","payloadType":"thing_of_tomorrow","payload":{"kept":[1,2,3],"why":"Spool has no shape for it"}}""",
            """{"type":"thingOfTomorrow","id":"q2","text":"words of tomorrow","more":{"kept":true}}""",
            """{"type":"agentMessage","id":"a2","text":"> **Imports are fast again.** Customers are looked up by an index.\n\n- [x] release note\n- [ ] announcement\n\nThe page is fine."}""",
            """{"type":"error","id":"e1","message":"The stream was cut.","codexErrorInfo":"responseStreamDisconnected","additionalDetails":"after 3 attempts"}""",
            """{"type":"tokenUsage","id":"k2","turn":{"inputTokens":5100,"outputTokens":311,"totalTokens":5411},"total":{"totalTokens":47611},"modelContextWindow":272000}"""
        ) with
        {
            Status = TurnStatus.Failed,
            Error = System.Text.Json.Nodes.JsonNode.Parse("""{"message":"The stream was cut."}""")!.AsObject(),
        },
        Turn("t3", """{"type":"userMessage","id":"u3","content":[{"type":"text","text":"Once more, please."}]}""") with
        {
            Status = TurnStatus.Interrupted,
        },
    ];

    static Turn Turn(string id, params string[] items) => Samples.Turn(id, [.. items.Select(Samples.Item)]);
}
