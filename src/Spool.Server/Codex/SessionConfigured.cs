using System.Text.Json;

namespace Spool.Server;

/// <summary>What the first event of a session says of its thread. Clients before 0.129 say it nowhere else.</summary>
/// <param name="Cwd">The working folder, or null.</param>
/// <param name="ModelProvider">The id of the model provider, or null.</param>
/// <param name="ForkedFromId">The thread it was forked from, or null.</param>
sealed record SessionConfigured(string? Cwd, string? ModelProvider, ThreadId? ForkedFromId)
{
    /// <summary>Reads it from an item.</summary>
    /// <returns>What it says, or null for any other item.</returns>
    public static SessionConfigured? Of(NewItem item)
    {
        // The name of the event stands at the beginning, so that large items of other kinds are not read.
        if (item.Type != "event_msg" || item.Payload.Span[..Math.Min(item.Payload.Length, 200)].IndexOf("\"session_configured\""u8) < 0)
            return null;
        string? type = null,
            cwd = null,
            provider = null,
            fork = null;
        var reader = new Utf8JsonReader(item.Payload.Span, CodexItems.PayloadOptions);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString();
                reader.Read();
                if (reader.TokenType == JsonTokenType.String)
                {
                    switch (name)
                    {
                        case "type":
                            type = reader.GetString();
                            break;
                        case "cwd":
                            cwd = reader.GetString();
                            break;
                        case "model_provider_id":
                            provider = reader.GetString();
                            break;
                        case "forked_from_id":
                            fork = reader.GetString();
                            break;
                    }
                }
                else
                    reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
        return type == "session_configured" ? new SessionConfigured(cwd, provider, ThreadId.TryParse(fork, out var id) ? id : null) : null;
    }

    /// <summary>Completes what was announced of a thread. What was announced counts.</summary>
    public SessionMeta Complete(SessionMeta announced) =>
        announced with
        {
            Cwd = announced.Cwd.Length > 0 ? announced.Cwd : Cwd ?? "",
            ModelProvider = announced.ModelProvider ?? ModelProvider,
            ForkedFromId = announced.ForkedFromId ?? ForkedFromId,
        };
}
