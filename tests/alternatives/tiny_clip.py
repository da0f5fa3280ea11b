"""A CLIP with random weights, small enough to be made on the spot, as transformers keeps one."""

from __future__ import annotations

SMALL = {
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
}
SIDE = 32


def write_tiny_clip(folder):
    """Write its weights, its tokenizer and how it takes pictures."""
    import torch  # noqa: PLC0415 - an extra
    import transformers  # noqa: PLC0415 - an extra
    from transformers.models.clip import CLIPImageProcessor  # noqa: PLC0415 - an extra

    letters = [chr(code) for code in range(33, 127)]
    ends = ["<|startoftext|>", "<|endoftext|>"]
    words = [*letters, *(f"{letter}</w>" for letter in letters), *ends]
    vocabulary = {word: number for number, word in enumerate(words)}
    text = {
        "vocab_size": len(words),
        "max_position_embeddings": 77,
        "bos_token_id": vocabulary[ends[0]],
        "eos_token_id": vocabulary[ends[1]],
    }
    config = transformers.CLIPConfig(
        text_config=SMALL | text,
        vision_config=SMALL | {"image_size": SIDE, "patch_size": 16},
        projection_dim=8,
    )
    torch.manual_seed(0)
    transformers.CLIPModel(config).save_pretrained(folder)
    pictures = CLIPImageProcessor(
        size={"shortest_edge": SIDE}, crop_size={"height": SIDE, "width": SIDE}
    )
    tokenizer = transformers.CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=77)
    transformers.CLIPProcessor(pictures, tokenizer).save_pretrained(folder)
