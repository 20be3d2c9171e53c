namespace Spool;

/// <summary>A message of the user.</summary>
/// <param name="Text">What the user says; may be empty beside images.</param>
public sealed record UserMessageEntry(string Text) : ThreadEntry
{
    /// <summary>Gets the addresses of the images that the model is given with the message: <c>https:</c>, or <c>data:</c> with the image
    /// itself.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Gets the paths of images that the user named. They are shown as paths and not given to the model: give it the image itself
    /// with <see cref="Images"/>.</summary>
    public IReadOnlyList<string> LocalImages { get; init; } = [];

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Text);
        EntryChecks.Check(Images);
        EntryChecks.Check(LocalImages);
    }

    private protected override void Write(EntryItems items)
    {
        items.Message(
            "user",
            null,
            json =>
            {
                if (Text.Length > 0 || Images.Count == 0)
                {
                    json.WriteStartObject();
                    json.WriteString("type"u8, "input_text"u8);
                    json.WriteString("text"u8, Text);
                    json.WriteEndObject();
                }
                foreach (var image in Images)
                {
                    json.WriteStartObject();
                    json.WriteString("type"u8, "input_image"u8);
                    json.WriteString("image_url"u8, image);
                    json.WriteEndObject();
                }
            }
        );
        if (items.IsPaginated)
            WriteCompleted(items);
        else
            WriteEvent(items);
    }

    void WriteEvent(EntryItems items) =>
        items.Event(
            "user_message",
            json =>
            {
                json.WriteString("message"u8, Text);
                json.WriteStartArray("images"u8);
                foreach (var image in Images)
                    json.WriteStringValue(image);
                json.WriteEndArray();
                json.WriteStartArray("local_images"u8);
                foreach (var path in LocalImages)
                    json.WriteStringValue(path);
                json.WriteEndArray();
                json.WriteStartArray("text_elements"u8);
                json.WriteEndArray();
            }
        );

    void WriteCompleted(EntryItems items) =>
        items.Completed(
            "UserMessage",
            Id,
            TimeSpan.Zero,
            json =>
            {
                json.WriteStartArray("content"u8);
                if (!string.IsNullOrWhiteSpace(Text))
                {
                    json.WriteStartObject();
                    json.WriteString("type"u8, "text"u8);
                    json.WriteString("text"u8, Text);
                    json.WriteStartArray("text_elements"u8);
                    json.WriteEndArray();
                    json.WriteEndObject();
                }
                foreach (var image in Images)
                {
                    json.WriteStartObject();
                    json.WriteString("type"u8, "image"u8);
                    json.WriteString("image_url"u8, image);
                    json.WriteEndObject();
                }
                foreach (var path in LocalImages)
                {
                    json.WriteStartObject();
                    json.WriteString("type"u8, "local_image"u8);
                    json.WriteString("path"u8, path);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
        );
}
