namespace Spool;

/// <summary>Finds what a person asked for in a user message: the text after the marker that clients put before it, without surrounding
/// space.</summary>
static class UserMessageText
{
    public static string? OfEvent(RolloutItem item)
    {
        var json = item.Payload.IsEmpty ? default : item.Json;
        if (ItemPayloads.Read(json, ItemJsonContext.Default.UserMessagePayload) is not { } message)
            return null;
        var hasImages = message.Images is { Count: > 0 } || message.LocalImages is { Count: > 0 };
        var hasAudio = message.Audio is { Count: > 0 } || message.LocalAudio is { Count: > 0 };
        return RequestIn(json.Span, [message.Message])
            ?? (
                hasImages ? "[Image]"
                : hasAudio ? "[Audio]"
                : null
            );
    }

    public static string? OfBare(BareMessage message)
    {
        var request = new RequestText();
        request.Add(message.Text);
        return request.Take() ?? (message.Images.Count > 0 ? "[Image]" : null);
    }

    /// <summary>Gives the text of a completed user-message item; null for any other item. Whose message it says it is does not matter, as
    /// to Codex: a copied history, that of a fork, names its source.</summary>
    public static string? OfCompletedItem(RolloutItem item)
    {
        if (item.Payload.Span.IndexOf("\"UserMessage\""u8) < 0)
            return null;
        var json = item.Json;
        if (ItemPayloads.Read(json, ItemJsonContext.Default.ItemCompletedPayload) is not { Item: { Type: "UserMessage" } body })
            return null;
        var content = body.Content ?? [];
        var text = RequestIn(json.Span, content.Where(part => part.Type == "text").Select(part => part.Text));
        return text
            ?? (
                content.Any(part => part.Type is "image" or "local_image" or "localImage") ? "[Image]"
                : content.Any(part => part.Type is "audio" or "local_audio" or "localAudio") ? "[Audio]"
                : null
            );
    }

    static string? RequestIn(ReadOnlySpan<byte> json, IEnumerable<TextPlace?> texts)
    {
        var request = new RequestText();
        foreach (var text in texts)
        {
            if (text is not null)
                request.Add(text.Of(json));
        }
        return request.Take();
    }
}
