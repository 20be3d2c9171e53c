using System.Text.Json.Nodes;

namespace Spool;

/// <summary>One item of a turn, in the shape of the app server's <c>ThreadItem</c>.</summary>
/// <param name="Id">The item's id.</param>
/// <param name="Type">The type, such as <c>userMessage</c> or <c>commandExecution</c>.</param>
/// <param name="Json">The whole item, <c>type</c> and <c>id</c> included. Treat it as read-only.</param>
public sealed record ThreadItem(string Id, string Type, JsonObject Json)
{
    /// <summary>Gets what a person would read of the item: the message, the reasoning, the command. Empty when there is nothing to
    /// read.</summary>
    public string Text => ThreadItemText.Of(this);
}
