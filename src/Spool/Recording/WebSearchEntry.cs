using System.Text.Json;

namespace Spool;

/// <summary>What was done on the web.</summary>
public enum WebAction
{
    /// <summary>It was searched: <see cref="WebSearchEntry.Query"/> is what for.</summary>
    Search,

    /// <summary>A page was opened: <see cref="WebSearchEntry.Query"/> is its address.</summary>
    OpenPage,

    /// <summary>A page was searched for a text: <see cref="WebSearchEntry.Query"/> is its address, <see cref="WebSearchEntry.Pattern"/> the
    /// text.</summary>
    FindInPage,
}

/// <summary>A search on the web that the provider of the model made by itself.</summary>
/// <param name="Query">What was searched for, or the address of a page.</param>
/// <remarks>The provider keeps what was found; the model is given nothing back by the program. A search that the program makes itself is a
/// <see cref="ToolCallEntry"/>.</remarks>
public sealed record WebSearchEntry(string Query) : ThreadEntry
{
    /// <summary>Gets what was done.</summary>
    public WebAction Action { get; init; }

    /// <summary>Gets the text that was looked for in a page, or null.</summary>
    public string? Pattern { get; init; }

    private protected override void Check()
    {
        ArgumentNullException.ThrowIfNull(Query);
        DefinedValues.Check(Action);
    }

    private protected override void Write(EntryItems items)
    {
        var id = Id ?? "ws_" + items.NewId().Replace("-", "", StringComparison.Ordinal);
        items.Response(
            "web_search_call",
            json =>
            {
                json.WriteString("id"u8, id);
                json.WriteString("status"u8, "completed"u8);
                WriteAction(json);
            }
        );
        if (items.IsPaginated)
            items.Completed("WebSearch", id, TimeSpan.Zero, WriteMembers);
        else
        {
            items.Event(
                "web_search_end",
                json =>
                {
                    json.WriteString("call_id"u8, id);
                    WriteMembers(json);
                }
            );
        }
    }

    void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("query"u8, Query);
        WriteAction(json);
    }

    void WriteAction(Utf8JsonWriter json)
    {
        json.WriteStartObject("action"u8);
        json.WriteString(
            "type"u8,
            Action switch
            {
                WebAction.OpenPage => "open_page",
                WebAction.FindInPage => "find_in_page",
                _ => "search",
            }
        );
        json.WriteString(Action == WebAction.Search ? "query"u8 : "url"u8, Query);
        if (Action == WebAction.FindInPage)
            json.WriteString("pattern"u8, Pattern);
        json.WriteEndObject();
    }
}
