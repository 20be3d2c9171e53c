using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Spool.TestKit;

namespace Spool.Local.Tests;

/// <summary>Logs in the forms of four eras, with every kind of record that is known of each. Each text that people read has a mark of its
/// own, <c>tok001</c> and so on, and each image another one.</summary>
public sealed partial class EraTests : IDisposable
{
    static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly TempHome _home = new();

    static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Theory, Guarantee("VIEW-09")]
    [InlineData("2025-06-bare", "context userMessage reasoning commandExecution commandExecution checklist fileChange agentMessage")]
    [InlineData(
        "2025-11-legacy",
        "context context userMessage settings reasoning reasoning imageView commandExecution commandExecution fileChange webSearch"
            + " mcpToolCall checklist record agentMessage tokenUsage | userMessage contextCompaction context"
    )]
    [InlineData(
        "2026-04-extended",
        "context context settings userMessage commandExecution commandExecution commandInput fileChange mcpToolCall webSearch imageView"
            + " imageGeneration dynamicToolCall collabAgentToolCall dynamicToolCall dynamicToolCall dynamicToolCall plan warning error"
            + " enteredReviewMode context exitedReviewMode context contextCompaction record record record agentMessage record rolledBack tokenUsage"
    )]
    [InlineData(
        "2026-11-paginated",
        "context context settings userMessage reasoning commandExecution fileChange mcpToolCall dynamicToolCall webSearch"
            + " contextCompaction somethingNew record record agentMessage tokenUsage | context userMessage"
    )]
    public async Task Every_kind_of_record_of_every_era_is_in_the_complete_view_once_in_order(string era, string types)
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "eras", era + ".jsonl"), Stop);
        var id = ThreadId.Parse(Uuid().Match(lines[0]).Value);
        _home.Write(
            $"sessions/2026/05/01/rollout-2026-05-01T10-00-00-{id}.jsonl",
            await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "eras", era + ".jsonl"), Stop)
        );
        await using var store = _home.Open();

        var turns = await store.AllTurnsAsync(new ListTurnsRequest(id) { View = TurnView.Complete, WithRolledBack = true }, Stop);
        Assert.Equal(types, string.Join(" | ", turns.Select(turn => string.Join(' ', turn.Items.Select(item => item.Type)))));
        var items = turns.SelectMany(turn => turn.Items).Select(item => item.Json.ToJsonString(Plain)).ToList();
        var marks = lines.SelectMany(line => Mark().Matches(line)).Select(mark => mark.Value).Distinct().ToList();
        Assert.True(marks.Count > 14);
        Assert.All(marks, mark => Assert.Single(items, item => item.Contains(mark, StringComparison.Ordinal)));
        var begun = lines.Where(line => !line.Contains("_output\"", StringComparison.Ordinal)).Select(line => Mark().Match(line).Value);
        var places = begun
            .Where(mark => mark.Length > 0)
            .Distinct()
            .Select(mark => items.FindIndex(item => item.Contains(mark, StringComparison.Ordinal)));
        Assert.Equal(places.Order(), places);
    }

    [GeneratedRegex("tok[0-9]{3}|ggg==#[0-9]|CYII=#[0-9]")]
    private static partial Regex Mark();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}")]
    private static partial Regex Uuid();
}
