using System.Text.Json.Nodes;

namespace Spool.Cli;

/// <summary>A part of a user's message as a person sees it: a text, or the name of something that came with it.</summary>
/// <param name="Text">The text of the part, or what it is.</param>
/// <param name="IsAttachment">Whether it is no text but something else, such as an image.</param>
readonly record struct MessagePart(string Text, bool IsAttachment)
{
    /// <summary>Gives the parts of a message in their order and safe to show, texts that follow each other as one. A message of which
    /// nothing can be seen has none.</summary>
    public static IReadOnlyList<MessagePart> Of(ThreadItem message) =>
        [.. Stored(message).Select(part => part with { Text = SafeText.Block(part.Text).Trim('\n') }).Where(part => part.Text.Length > 0)];

    static List<MessagePart> Stored(ThreadItem message)
    {
        var parts = new List<MessagePart>();
        foreach (var part in (message.Json["content"] as JsonArray ?? []).OfType<JsonObject>())
        {
            var type = ItemView.Text(part["type"]);
            if (type != "text")
                parts.Add(new MessagePart(Attachment(type ?? "attachment", part), IsAttachment: true));
            else if (ItemView.Text(part["text"]) is { Length: > 0 } text)
            {
                if (parts is [.., { IsAttachment: false } before])
                    parts[^1] = before with { Text = $"{before.Text}\n{text}" };
                else
                    parts.Add(new MessagePart(text, IsAttachment: false));
            }
        }
        return parts;
    }

    static string Attachment(string type, JsonObject part)
    {
        var place =
            ItemView.Text(part["path"]) ?? ItemView.Text(part["url"]) ?? ItemView.Text(part["imageUrl"]) ?? ItemView.Text(part["fileId"]);
        var kind = type switch
        {
            "localImage" or "image" => "image",
            "localAudio" or "audio" => "audio",
            _ => SafeText.OneLine(type, 60),
        };
        return Media.Name(ItemView.Text(part["name"]) is { Length: > 0 } name ? $"{kind} {SafeText.OneLine(name, 200)}" : kind, place);
    }
}
