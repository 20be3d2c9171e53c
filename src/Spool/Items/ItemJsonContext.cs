using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spool;

/// <summary>The typed views of payloads: the members that Spool acts on. Everything else stays in the bytes.</summary>
[JsonSourceGenerationOptions(
    MaxDepth = JsonText.MaxDepth,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    Converters = [typeof(LenientStringConverter), typeof(TextPlace.Converter), typeof(ElementCount.Converter)]
)]
[JsonSerializable(typeof(SessionMetaPayload))]
[JsonSerializable(typeof(TurnContextPayload))]
[JsonSerializable(typeof(UserMessagePayload))]
[JsonSerializable(typeof(ItemCompletedPayload))]
[JsonSerializable(typeof(TokenCountPayload))]
[JsonSerializable(typeof(ThreadNamePayload))]
[JsonSerializable(typeof(GoalPayload))]
[JsonSerializable(typeof(SettingsPayload))]
sealed partial class ItemJsonContext : JsonSerializerContext;

sealed record SessionMetaPayload(
    string? Id,
    string? Timestamp,
    string? Cwd,
    string? Originator,
    string? CliVersion,
    JsonElement? Source,
    string? ThreadSource,
    string? ModelProvider,
    string? ForkedFromId,
    string? ParentThreadId,
    string? MemoryMode,
    string? HistoryMode,
    HistoryBasePayload? HistoryBase,
    GitPayload? Git,
    string? AgentNickname,
    string? AgentRole,
    string? AgentType,
    string? AgentPath
);

sealed record HistoryBasePayload(string? ThreadId, long EndOrdinalExclusive, long EndByteOffset);

sealed record GitPayload(string? CommitHash, string? Branch, string? RepositoryUrl);

sealed record TurnContextPayload(string? Cwd, string? Model, string? Effort);

sealed record UserMessagePayload(
    TextPlace? Message,
    ElementCount? Images,
    ElementCount? LocalImages,
    ElementCount? Audio,
    ElementCount? LocalAudio
);

sealed record ItemCompletedPayload(CompletedItemPayload? Item);

sealed record CompletedItemPayload(string? Type, IReadOnlyList<ContentPayload>? Content);

sealed record ContentPayload(string? Type, TextPlace? Text);

sealed record TokenCountPayload(TokenInfoPayload? Info);

sealed record TokenInfoPayload(TokenUsagePayload? TotalTokenUsage);

sealed record TokenUsagePayload(long? TotalTokens);

sealed record ThreadNamePayload(string? ThreadId, string? ThreadName);

sealed record GoalPayload(GoalBodyPayload? Goal);

sealed record GoalBodyPayload(string? Objective);

sealed record SettingsPayload(SettingsBodyPayload? ThreadSettings);

sealed record SettingsBodyPayload(string? Model, string? ModelProviderId, string? Cwd);
