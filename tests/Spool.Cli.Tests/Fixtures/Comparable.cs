using System.Globalization;
using System.Text.Json.Nodes;

namespace Spool.Cli.Tests;

/// <summary>What both Codex and Spool say of a listed thread.</summary>
/// <remarks>Codex leaves out <c>forkedFromId</c>, <c>parentThreadId</c> and <c>threadSource</c> in lists and gives them when the thread is
/// read; they are compared there.</remarks>
sealed record Comparable(
    string? Id,
    string? Name,
    string? Preview,
    long CreatedAt,
    long UpdatedAt,
    long? RecencyAt,
    string? Path,
    string? Cwd,
    string? Source,
    string? Provider,
    string? CliVersion,
    string? Git,
    string? HistoryMode,
    string? Model,
    string? Originator
)
{
    public static Comparable OfCodex(JsonNode thread, string home)
    {
        var isNew = thread.AsObject().ContainsKey("historyMode");
        return new(
            (string?)thread["id"],
            (string?)thread["name"],
            (string?)thread["preview"],
            (long)thread["createdAt"]!,
            (long)thread["updatedAt"]!,
            isNew ? (long?)thread["recencyAt"] : null,
            ((string?)thread["path"])?.Replace("$CODEX_HOME", home, StringComparison.Ordinal),
            (string?)thread["cwd"],
            thread["source"]?.ToJsonString(),
            (string?)thread["modelProvider"],
            (string?)thread["cliVersion"],
            thread["gitInfo"] is { } git ? $"{git["sha"]} {git["branch"]} {git["originUrl"]}" : null,
            isNew ? (string?)thread["historyMode"] : null,
            isNew ? (string?)thread["model"] : null,
            isNew ? (string?)thread["originator"] : null
        );
    }

    public static Comparable OfSpool(JsonNode thread)
    {
        // 0.125 and 0.128 do not say these.
        var isNew =
            (string?)thread["cliVersion"] is { } version
            && (version.StartsWith("0.169", StringComparison.Ordinal) || version.StartsWith("0.171", StringComparison.Ordinal));
        return new(
            (string?)thread["id"],
            (string?)thread["name"],
            (string?)thread["preview"],
            Seconds(thread["createdAt"]),
            Seconds(thread["updatedAt"]),
            isNew ? Seconds(thread["recencyAt"]) : null,
            (string?)thread["path"],
            (string?)thread["cwd"],
            thread["source"]?.ToJsonString(),
            (string?)thread["modelProvider"],
            (string?)thread["cliVersion"],
            thread["gitInfo"] is { } git ? $"{git["commitHash"]} {git["branch"]} {git["repositoryUrl"]}" : null,
            isNew ? (string?)thread["historyMode"] : null,
            isNew ? (string?)thread["model"] : null,
            isNew ? (string?)thread["originator"] : null
        );
    }

    static long Seconds(JsonNode? time) => DateTimeOffset.Parse((string)time!, CultureInfo.InvariantCulture).ToUnixTimeSeconds();
}
