#error mine
