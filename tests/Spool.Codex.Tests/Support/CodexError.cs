using System.Text.Json.Nodes;

namespace Spool.Codex.Tests;

/// <summary>What Codex answered when it refused a request.</summary>
sealed class CodexError(string method, JsonNode error) : Exception($"{method}: {error.ToJsonString()}")
{
    /// <summary>Gets the sentence Codex gave.</summary>
    public string Reason { get; } = (string?)error["message"] ?? "";
}
